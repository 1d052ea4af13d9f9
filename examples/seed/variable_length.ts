// Sequences of different lengths, padded, packed and unpacked. The Python twin: variable_length.py
import * as torch from "tstorch";
import * as F from "tstorch/nn/functional";
import { pack_padded_sequence, pad_packed_sequence } from "tstorch/nn/utils/rnn";
import { len, max, print } from "tstorch/python";

let a = torch.tensor([1, 2]);
let b = torch.tensor([3, 4, 5]);
let c = torch.tensor([6, 7, 8, 9]);
print("a:", a);
print("b:", b);
print("c:", c);

const seq_lens = [len(a), len(b), len(c)];
const max_len = max(seq_lens);

a = F.pad(a, [0, max_len - len(a)]);
b = F.pad(b, [0, max_len - len(b)]);
c = F.pad(c, [0, max_len - len(c)]);

const seq = torch.cat([a, b, c], 0).view(-1, max_len);
print("Sequence:", seq);

const packed_seq = pack_padded_sequence(seq, seq_lens, { batch_first: true, enforce_sorted: false });
print("Pack:", packed_seq);

const [unpacked_seq, unpacked_lens] = pad_packed_sequence(packed_seq, { batch_first: true });
print("Unpack:", unpacked_seq);
print("length:", unpacked_lens);

a = unpacked_seq[0][`:${unpacked_lens[0].item()}`];
b = unpacked_seq[1][`:${unpacked_lens[1].item()}`];
c = unpacked_seq[2][`:${unpacked_lens[2].item()}`];
print("Recutions:");
print("a:", a);
print("b:", b);
print("c:", c);
