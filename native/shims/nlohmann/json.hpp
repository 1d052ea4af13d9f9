// ATen/functorch/Interpreter.h includes nlohmann's JSON library, which libtorch's packages do not bring. The functions
// that use it are never called here: declarations suffice for the header to compile.
#pragma once

#include <string>

namespace nlohmann {

class json {
 public:
  json();
  template <typename T>
  json(const T& value);
  static json parse(const std::string& text);
  template <typename T>
  T get() const;
  std::string dump() const;
};

}  // namespace nlohmann
