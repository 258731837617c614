// The fields of a struct, without naming them. In: an aggregate without bases, each field of which may be made from `{}`. Out: references to its fields, in order.
// Promise: all of them: a struct with more than are provided for does not compile.
#pragma once

#include <tuple>
#include <type_traits>

namespace llmsys {

template <class Struct>
auto fields(Struct& of) {
  if constexpr (requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    static_assert(!sizeof(Struct), "a line more is needed here");
  } else if constexpr (requires { Struct{{}, {}, {}, {}, {}, {}, {}, {}}; }) {
    auto& [a, b, c, d, e, f, g, h] = of;
    return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (requires { Struct{{}, {}, {}, {}, {}, {}, {}}; }) {
    auto& [a, b, c, d, e, f, g] = of;
    return std::tie(a, b, c, d, e, f, g);
  } else if constexpr (requires { Struct{{}, {}, {}, {}, {}, {}}; }) {
    auto& [a, b, c, d, e, f] = of;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (requires { Struct{{}, {}, {}, {}, {}}; }) {
    auto& [a, b, c, d, e] = of;
    return std::tie(a, b, c, d, e);
  } else if constexpr (requires { Struct{{}, {}, {}, {}}; }) {
    auto& [a, b, c, d] = of;
    return std::tie(a, b, c, d);
  } else if constexpr (requires { Struct{{}, {}, {}}; }) {
    auto& [a, b, c] = of;
    return std::tie(a, b, c);
  } else if constexpr (requires { Struct{{}, {}}; }) {
    auto& [a, b] = of;
    return std::tie(a, b);
  } else if constexpr (requires { Struct{{}}; }) {
    auto& [a] = of;
    return std::tie(a);
  } else {
    static_assert(std::is_empty_v<Struct>, "this is no struct, or a field of it can't be made from {}");
    return std::tie();
  }
}

}  // namespace llmsys
