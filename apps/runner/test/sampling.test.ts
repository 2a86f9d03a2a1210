import { expect, it } from 'vitest'
import { openMapSession, seedsFor } from '@saliency/explain'
import { groupTensor } from '../src/study/image-groups.ts'
import { preparedStudy } from './prepared.ts'

it('samples the same noise for every class and variant: what differs between two maps is not the noise', async () => {
  const study = await preparedStudy({
    images: { procedural: 'shapes', count: 1 },
    methods: ['smoothgrad/gradient', 'smoothgrad/guided'],
    checks: [['class-sensitivity', {}]],
  })
  const { engine, loaded, seed } = study
  const session = await openMapSession(study.maps, { engine, weights: loaded.weights, batchSize: 8, seed })
  const group = await study.images.group(0)
  const maps = async (condition: string, ids = group.images.map(({ id }) => id)) =>
    (await session.maps({ images: groupTensor(group), seeds: seedsFor([1], 8), ids, condition })).maps
  const [first, second, other] = [await maps('a'), await maps('b'), await maps('a', ['another image'])]
  await session.dispose()
  for (const variant of ['smoothgrad/gradient', 'smoothgrad/guided']) {
    expect(first.get(variant)?.data).toEqual(second.get(variant)?.data)
    expect(first.get(variant)?.data).not.toEqual(other.get(variant)?.data)
  }
})
