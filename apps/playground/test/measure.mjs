// Runs the measurement as vite reads TypeScript; packages are taken as they are built.
import { runnerImport } from 'vite'

await runnerImport('./test/measure.ts', { configFile: false })
