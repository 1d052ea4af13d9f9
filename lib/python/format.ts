// Floats as Python writes them. `toFixed` and `toExponential` are exact, but send a tie away from zero and drop the
// sign of -0, where C's printf, and so Python, sends it to the even digit and keeps the sign.

/** Writes a float as Python's `f"{x:.{precision}f}"` does; `precision` is at most 100. */
export function formatFixed(x: number, precision: number): string {
  return signed(x, (size) => {
    // Here toFixed gives up.
    if (size >= 1e21) return String(BigInt(size)) + (precision ? `.${"0".repeat(precision)}` : "");
    const digits = size.toFixed(precision);
    return isTie(size, precision) ? toEven(digits) : digits;
  });
}

/** Writes a float as Python's `f"{x:.{precision}e}"` does; `precision` is at most 100. */
export function formatExponent(x: number, precision: number): string {
  return signed(x, (size) => {
    const [digits, exponent] = size.toExponential(precision).split("e") as [string, string];
    return (isTie(size, precision - Number(exponent)) ? toEven(digits) : digits) + exponentText(Number(exponent));
  });
}

/** Writes a float as Python's `repr` does: the shortest digits that read back as the same float. */
export function floatRepr(x: number): string {
  const text = shortest(x);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** A float's `repr` without ".0" at its end: so Python writes the parts of a complex number. */
export function shortest(x: number): string {
  return signed(x, (size) => {
    const [digits, exponent] = size.toExponential().split("e") as [string, string];
    const isWritten = Number(exponent) < -4 || Number(exponent) >= 16;
    return isWritten ? digits + exponentText(Number(exponent)) : String(size);
  });
}

/** The sign, and the text of what is left, a finite number that is not negative. */
function signed(x: number, write: (size: number) => string): string {
  const value = Number(x); // an object if float() marked it
  if (Number.isNaN(value)) return "nan";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + (Number.isFinite(value) ? write(Math.abs(value)) : "inf");
}

function exponentText(exponent: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
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
