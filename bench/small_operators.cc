// The same forty operators called from C++: what is left when no language binds them. suite/native.ts builds it.
#include <ATen/ATen.h>
#include <ATen/TensorIndexing.h>
#include <c10/core/GradMode.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

using at::indexing::Slice;

namespace {

bool is_set(const char* name, const char* value) {
  const char* found = std::getenv(name);
  return found != nullptr && std::strcmp(found, value) == 0;
}

double now() {
  timespec time;
  clock_gettime(is_set("BENCH_CLOCK", "cpu") ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

// See measure.mjs.
void turn() {
  if (std::getenv("BENCH_TURNS") == nullptr) return;
  std::puts("turn");
  std::fflush(stdout);
  std::getchar();
}

template <typename Call>
void measure(const char* name, Call call) {
  using Clock = std::chrono::steady_clock;
  const bool quick = is_set("BENCH_LENGTH", "quick");
  const std::chrono::milliseconds warm(quick ? 50 : 150);
  const int slices = quick ? 3 : 9;
  long calls = 0;
  for (auto until = Clock::now() + warm; Clock::now() < until; calls++) call();
  calls = calls * 2 / slices + 1;
  for (int slice = 0; slice < slices; slice++) {
    turn();
    for (long i = 0; i < calls / 10; i++) call();
    const double started = now();
    for (long i = 0; i < calls; i++) call();
    std::printf("%s: %.4g ns\n", name, (now() - started) / calls);
  }
}

}  // namespace

int main() {
  at::manual_seed(0);
  auto x = at::randn({2, 2}), y = at::randn({2, 2});
  auto a = at::randn({16, 16}), b = at::randn({16, 16});
  auto m = at::randn({64, 64}), n = at::randn({64, 64});
  auto z = at::randn({2, 2}), s = at::randn({}), y0 = at::randn({2});
  auto condition = at::eye(2).to(at::kBool);
  auto mask = a > 0;
  auto index = at::arange(1, 4);
  auto w = at::randn({2, 2}).requires_grad_(true);

  measure("torch.add(x, y)", [&] { return at::add(x, y); });
  measure("x.add_(y)", [&] { return x.add_(y); });
  measure("x * 2", [&] { return x.mul(2); });
  measure("x.sum()", [&] { return x.sum(); });
  measure("x.sum(dim, keepdim)", [&] { return x.sum(1, true); });
  measure("x.view(-1)", [&] { return x.view(-1); });
  measure("torch.zeros(2, 3)", [&] { return at::zeros({2, 3}); });
  measure("torch.cat([x, y])", [&] { return at::cat({x, y}); });
  measure("x[0]", [&] { return x.select(0, 0); });
  measure("x[:, 0]", [&] { return x.index({Slice(), 0}); });
  measure("x @ y", [&] { return x.matmul(y); });
  measure("x.max(1)", [&] { return x.max(1); });
  measure("torch.tensor([1.5, 2.5])", [&] { return at::tensor({1.5f, 2.5f}); });
  measure("torch.arange(10)", [&] { return at::arange(10); });
  measure("torch.randn(4, 4)", [&] { return at::randn({4, 4}); });
  measure("a * b", [&] { return a.mul(b); });
  measure("m / n", [&] { return m.div(n); });
  measure("torch.relu(a)", [&] { return at::relu(a); });
  measure("m.exp()", [&] { return m.exp(); });
  measure("torch.where(condition, x, y)", [&] { return at::where(condition, x, y); });
  measure("z.copy_(y)", [&] { return z.copy_(y); });
  measure("z.mul_(1)", [&] { return z.mul_(1); });
  measure("m.mean()", [&] { return m.mean(); });
  measure("a.argmax(1)", [&] { return a.argmax(1); });
  measure("a.softmax(-1)", [&] { return a.softmax(-1); });
  measure("x.t()", [&] { return x.t(); });
  measure("x.unsqueeze(0)", [&] { return x.unsqueeze(0); });
  measure("x.detach()", [&] { return x.detach(); });
  measure("a[1:3]", [&] { return a.slice(0, 1, 3); });
  measure("a[mask]", [&] { return a.index({mask}); });
  measure("a[index]", [&] { return a.index({index}); });
  measure("z[0] = 5", [&] { return z.index_put_({0}, 5); });
  measure("z[:, 0] = y0", [&] { return z.index_put_({Slice(), 0}, y0); });
  measure("torch.stack([x, y])", [&] { return at::stack({x, y}); });
  measure("m @ n", [&] { return m.matmul(n); });
  measure("s.item()", [&] { return s.item(); });
  measure("x == y", [&] { return x.eq(y); });
  measure("w + y, recorded", [&] { return w.add(y); });
  measure("(w * y).sum().backward()", [&] { return w.mul(y).sum().backward(); });
  c10::AutoGradMode no_grad(false);
  measure("w + y, no_grad", [&] { return w.add(y); });
}
