// One package to install: whoever has the command has its functions, too.
export * from '@saliency/toolkit'
export { exitCodes } from './exit-codes.ts'
