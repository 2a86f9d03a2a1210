/** The presets of studies by name. */
export const presetNames = [
  'demo',
  'study',
  'adebayo-2018',
  'pathwaygrad-2021',
  'sixt-2020',
  'binder-2023',
  'hedstrom-2024',
] as const
