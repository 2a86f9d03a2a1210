export { default, template } from './template.ts'
