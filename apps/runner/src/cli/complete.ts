import { SaliencyError } from '@saliency/core'
import type { Argument, Command, Option } from 'commander'
import { engineNames } from '@saliency/toolkit/start'
import { createRegistry, discoverPlugins, type Registry } from '@saliency/toolkit/project'

const bash = `_saliency() {
  local IFS=$'\\n'
  COMPREPLY=($(saliency complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _saliency saliency`

const zsh = `_saliency() {
  local -a found
  found=(\${(f)"$(saliency complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -a found; else _files; fi
}
compdef _saliency saliency`

const fish = `complete -c saliency -a '(saliency complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`

const powershell = `Register-ArgumentCompleter -Native -CommandName saliency -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
  if ($word -eq '') { $words += '' }
  saliency complete -- @words 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}`

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish, powershell }

/** The shells that can be taught. */
export const shells: readonly string[] = Object.keys(scripts)

/** What teaches a shell to complete: it asks `saliency complete`, and completes paths where that has no answer. */
export function completionScript(shell: string): string {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
  if (script !== undefined) return script
  throw new SaliencyError('INVALID_OPTION', `There is no shell '${shell}'. Choose from ${shells.join(', ')}.`)
}

/** Methods, and after a slash their variants. */
function methodNames({ methods }: Registry, current: string): string[] {
  if (!current.includes('/')) return ['all', ...methods.map(({ id }) => id)]
  return methods.flatMap(({ id, variants }) => Object.keys(variants).map((name) => `${id}/${name}`))
}

const installed = async () => createRegistry(await discoverPlugins())

/** What may stand where an option or an argument has a value; nothing where paths may. */
async function valuesOf(place: Option | Argument, current: string): Promise<readonly string[]> {
  if (place.argChoices) return place.argChoices
  switch (place.name()) {
    case 'method':
    case 'variant':
      return methodNames(await installed(), current)
    case 'check':
      return (await installed()).checks.map(({ id }) => id)
    case 'engine':
      // Devices have an option of their own.
      return engineNames.filter((name) => !name.includes('/'))
    case 'shell':
      return shells
    default:
      return []
  }
}

/** The words that may stand in the last word's place. */
async function candidatesFor(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const [first = '', ...rest] = words
  const listed = program.createHelp().visibleCommands(program)
  if (rest.length === 0) return [...listed.map((command) => command.name()), '--help', '--version']
  const command = listed.find((one) => one.name() === first)
  if (!command) return []
  const current = rest.at(-1) ?? ''
  const before = rest.slice(0, -1)
  const takesValue = (word: string | undefined) =>
    command.options.find(
      ({ long, short, required, optional }) =>
        word !== undefined && [long, short].includes(word) && (required || optional),
    )
  const asked = takesValue(before.at(-1))
  if (asked) return valuesOf(asked, current)
  if (current.startsWith('-')) return [...command.options.flatMap(({ long }) => long ?? []), '--help']
  const given = before.filter((word, at) => !word.startsWith('-') && !takesValue(before[at - 1]))
  const argument = command.registeredArguments[given.length]
  return argument ? valuesOf(argument, current) : []
}

/**
 * What may stand in place of the last word of a command line.
 * @param words behind the program's name, the last one as far as it is typed
 */
export async function complete(program: Command, words: readonly string[]): Promise<string[]> {
  // Bash takes --method=gui for three words.
  const flat = words.filter((word) => word !== '=')
  const found = await candidatesFor(program, flat)
  return found.filter((candidate) => candidate.startsWith(flat.at(-1) ?? ''))
}
