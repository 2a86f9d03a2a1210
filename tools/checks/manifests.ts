// A plugin's manifest and code agree: kind, contract, keyword, peer dependency on core; the id is the package's suffix.
import { join } from 'node:path'
import { root, type Report, type Workspace } from '../inspect/project.ts'

export function checkManifests({ packages }: Workspace, report: Report): void {
  for (const { folder, manifest } of packages) {
    const say = (message: string) => report({ file: join(root, folder, 'package.json'), message })
    if (!manifest.description) say('The description is missing: npm shows it to whoever searches.')
    if (!manifest.saliency) continue
    const { kind, contract } = manifest.saliency
    if (contract !== 1) say(`The contract is ${contract}; this version of core has contract 1.`)
    if (!manifest.keywords?.includes(`saliency-${kind}`))
      say(`The keyword 'saliency-${kind}' is missing: npm searches find plugins by it.`)
    if (!manifest.peerDependencies?.['@saliency/core'])
      say('@saliency/core must be a peer dependency, so that a host brings its own.')
    if (manifest.dependencies?.['@saliency/core'])
      say('@saliency/core is a peer; as a dependency it would be installed twice.')
  }
}
