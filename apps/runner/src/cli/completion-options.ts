import type { Command } from 'commander'
import type { Done } from './options.ts'
import type { Terminal } from './terminal.ts'

const epilogue = `
bash, in ~/.bashrc:      eval "$(saliency completion bash)"
zsh, behind compinit:    eval "$(saliency completion zsh)"
fish, in config.fish:    saliency completion fish | source
PowerShell, in $PROFILE: saliency completion powershell | Out-String | Invoke-Expression`

/** Declares `saliency completion`, and what its scripts ask. */
export function addCompletionCommands(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('completion')
    .description(
      'Print what teaches a shell to complete commands, options and methods: bash, zsh, fish or powershell.',
    )
    .argument('<shell>', 'bash, zsh, fish or powershell')
    .addHelpText('after', epilogue)
    .action(async (shell: string) => {
      const { completionScript } = await import('./complete.ts')
      terminal.out(completionScript(shell))
      done(0)
    })
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: readonly string[]) => {
      const { complete } = await import('./complete.ts')
      for (const candidate of await complete(program, words)) terminal.out(candidate)
      done(0)
    })
}
