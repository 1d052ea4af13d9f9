export function load_file(a: string, k: object): any {}
