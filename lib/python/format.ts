// Floats as Python writes them. `toFixed` and `toExponential` are exact, but send a tie away from zero and drop the
// sign of -0, where C's printf, and so Python, sends it to the even digit and keeps the sign.

/** Writes a float as Python's `f"{x:.{precision}f}"` does; `precision` is at most 100. */
export function formatFixed(x: number, precision: number): string {
  if (!Number.isFinite(x)) return notFinite(x);
  const size = Math.abs(x);
  if (size >= 1e21) return signOf(x) + withZeros(BigInt(size).toString(), precision); // toFixed gives up here
  const digits = size.toFixed(precision);
  return signOf(x) + (isTie(size, precision) ? toEven(digits) : digits);
}

/** Writes a float as Python's `f"{x:.{precision}e}"` does; `precision` is at most 100. */
export function formatExponent(x: number, precision: number): string {
  if (!Number.isFinite(x)) return notFinite(x);
  const size = Math.abs(x);
  const [digits, exponent] = size.toExponential(precision).split("e") as [string, string];
  const tie = isTie(size, precision - Number(exponent));
  return `${signOf(x)}${tie ? toEven(digits) : digits}e${exponentOf(Number(exponent))}`;
}

/** Writes a float as Python's `repr` does: the shortest digits that read back as the same float, always with a point. */
export function floatRepr(x: number): string {
  const text = shortest(x);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The shortest digits that read back as the same float: `repr` without its ".0", as in the parts of a complex number. */
export function shortest(x: number): string {
  if (!Number.isFinite(x)) return notFinite(x);
  const size = Math.abs(x);
  const [digits, text] = size.toExponential().split("e") as [string, string];
  const exponent = Number(text);
  if (exponent < -4 || exponent >= 16) return `${signOf(x)}${digits}e${exponentOf(exponent)}`;
  return signOf(x) + (exponent < 0 ? size.toFixed(digits.replace(".", "").length - 1 - exponent) : String(size));
}

function notFinite(x: number): string {
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

function signOf(x: number): string {
  return x < 0 || Object.is(x, -0) ? "-" : "";
}

function exponentOf(exponent: number): string {
  return `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function withZeros(integer: string, precision: number): string {
  return precision > 0 ? `${integer}.${"0".repeat(precision)}` : integer;
}

/** Whether `size * 10**places` lies exactly halfway between two integers. */
function isTie(size: number, places: number): boolean {
  // n / 2 = size * 10**places with n odd: the factors of 5 cannot matter, so size * 2**(places + 1) must be odd.
  if (places >= 0) return (size * 2 ** (places + 1)) % 2 === 1;
  if (!Number.isInteger(size)) return false;
  const unit = 10n ** BigInt(-places);
  return BigInt(size) % unit === unit / 2n;
}

/** Takes back the rounding up of a tie where it gave an odd digit. */
function toEven(digits: string): string {
  const last = Number(digits.at(-1));
  return last % 2 === 1 ? digits.slice(0, -1) + String(last - 1) : digits;
}
