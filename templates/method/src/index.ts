export { default, templateOptions } from './template.ts'
