import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const x = torch.randn(2, 8);

expectTypeOf(torch.fft.fft(x)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(torch.fft.rfft(x, 4, -1, "ortho")).toEqualTypeOf<torch.Tensor>();

torch.fft.irfft(x, { n: 8, norm: "forward" });
torch.fft.fft2(x, { dim: [0, 1] });
torch.fft.fftn(x, [2, 4]);
torch.fft.fftn(x, null, [0, 1], null);
torch.fft.fftshift(x);
torch.fft.fftshift(x, 1);
torch.fft.fftfreq(8, 0.5);
torch.fft.rfftfreq(8, { d: 0.5, dtype: torch.float64 });

// @ts-expect-error n is one number
torch.fft.fft(x, [8]);
// @ts-expect-error no such norm
torch.fft.fft(x, { norm: 1 });
