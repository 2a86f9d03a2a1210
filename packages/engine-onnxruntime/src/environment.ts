/**
 * For the environment of a process that opens one session after the other, to be set before it starts: with these, glibc
 * keeps the gigabytes that a closed session freed for the next one, which otherwise asks the system for each page anew.
 * Other C libraries ignore them.
 */
export const environment: Readonly<Record<string, string>> = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: String(2 ** 40),
}
