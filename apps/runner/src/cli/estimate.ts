/** Tells how long a study will still take. */
export interface Estimate {
  /** A session was opened, in so many seconds. */
  opened(seconds: number): void
  /** The maps of one group were computed, under so many conditions. */
  computed(seconds: number, conditions: number): void
  /** One group was scored. */
  scored(seconds: number): void
  /** Seconds for what is left; NaN as long as nothing is known. */
  remaining(left: {
    readonly opens: number
    /** Sum over groups of their conditions. */
    readonly conditions: number
    readonly groups: number
  }): number
}

interface Mean {
  add(seconds: number, count: number): void
  readonly value: number
}

function createMean(): Mean {
  let [sum, counted] = [0, 0]
  return {
    add(seconds, count) {
      sum += seconds
      counted += count
    },
    get value() {
      return sum / counted
    },
  }
}

/** Estimates from the means of what was done; scoring runs beside the engine, so the slower of both decides. */
export function createEstimate(): Estimate {
  const [open, condition, group] = [createMean(), createMean(), createMean()]
  return {
    opened: (seconds) => open.add(seconds, 1),
    computed: (seconds, conditions) => condition.add(seconds, conditions),
    scored: (seconds) => group.add(seconds, 1),
    remaining: ({ opens, conditions, groups }) => {
      const engine = (opens === 0 ? 0 : opens * open.value) + conditions * condition.value
      return Math.max(engine, groups * group.value)
    },
  }
}
