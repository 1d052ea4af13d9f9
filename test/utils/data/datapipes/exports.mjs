// What test/utils/data/datapipes/dataloader.test.ts lets workers import.

import { IterDataPipe } from "tstorch/utils/data";
import { IterableWrapper } from "tstorch/utils/data/datapipes/iter";

export const tenfold = (x) => x * 10;

export const pipeline = (count) =>
  IterableWrapper(Array.from({ length: count }, (_, i) => i))
    .sharding_filter()
    .map((x) => x + 100);

export class Source extends IterDataPipe {
  constructor(count) {
    super();
    this.count = count;
  }

  *__iter__() {
    for (let i = 0; i < this.count; i++) yield i;
  }
}

export const odd = (x) => x % 2;
