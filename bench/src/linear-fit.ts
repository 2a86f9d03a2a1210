import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics'

/** How near some times are to a straight line over what grows. */
export interface LinearFit {
  /** The last step in the first: 1 where time is linear, 5/3 where it is quadratic over points 1, 2 and 3. */
  readonly slopeRatio: number
  /** The share of the variance that the least-squares line explains. */
  readonly rSquared: number
}

/** Fits a line to times at points that are evenly apart. */
export function fitLine(points: readonly number[], times: readonly number[]): LinearFit {
  const pairs = points.map((point, at) => [point, times[at] as number])
  const steps = times.slice(1).map((time, at) => time - (times[at] as number))
  return {
    slopeRatio: (steps.at(-1) as number) / (steps[0] as number),
    rSquared: rSquared(pairs, linearRegressionLine(linearRegression(pairs))),
  }
}
