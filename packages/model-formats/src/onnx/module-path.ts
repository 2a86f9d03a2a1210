import type { NodeProto } from '@saliency/onnx-proto'

/** `['', 'layer1', 'layer1.0', 'relu_1']`, as Python writes a list: the modules around a node, then its operation. */
function fromScopes(text: string): string | undefined {
  const scopes = [...text.matchAll(/'([^']*)'|"([^"]*)"/g)].map(
    ([, single, double]) => single ?? double ?? '',
  )
  return scopes.at(-2)
}

/** `: models.ResNet/layer1: nn.Sequential/layer1.0: models.BasicBlock/relu_1: aten.relu.default`, as older versions write it. */
function fromNamespace(text: string): string | undefined {
  return text.split('/').at(-2)?.split(': ')[0]
}

/**
 * The modules that a node lies in, as torch's exporter notes them beside it: `['layer1', '0']`, or `[]` for the network
 * itself. Undefined where nothing is noted.
 */
export function modulePath({ metadataProps = [] }: NodeProto): readonly string[] | undefined {
  const noted = (name: string) => metadataProps.find(({ key }) => key === name)?.value
  const scopes = noted('pkg.torch.onnx.name_scopes')
  const namespace = noted('namespace')
  const path =
    (scopes === undefined ? undefined : fromScopes(scopes)) ??
    (namespace === undefined ? undefined : fromNamespace(namespace))
  return path?.split('.').filter((part) => part !== '')
}
