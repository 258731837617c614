// Plain data as bytes, and back on a machine of the same kind. In: values; a class tells its parts by `static void fields(archive, self)`, for both ways.
// Out: bytes. Promise: bytes that end too soon, or go on, are told by `whole`, and never make more memory than they are long.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace llmsys {

template <class T>
concept Plain = std::is_trivially_copyable_v<T>;
template <class T>
concept Map = requires { typename T::mapped_type; };

class Pack {
 public:
  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  std::string bytes;

 private:
  void raw(const void* data, size_t size) { bytes.append(static_cast<const char*>(data), size); }
  template <Plain T>
  void put(const T& value) {
    raw(&value, sizeof value);
  }
  template <class T>
  void put(const T& value) {
    T::fields(*this, value);
  }
  void put(const std::string& text) {
    put(uint64_t{text.size()});
    bytes += text;
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(uint64_t{values.size()});
    if constexpr (Plain<T>) raw(values.data(), values.size() * sizeof(T));
    else for (const T& value : values) put(value);
  }
  template <Map T>
  void put(const T& values) {
    put(uint64_t{values.size()});
    for (const auto& [key, value] : values) (*this)(key, value);
  }
};

class Unpack {
 public:
  explicit Unpack(std::string_view bytes) : left_(bytes) {}
  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  /// Everything was read, and nothing was missing.
  bool whole() const { return good_ && left_.empty(); }

 private:
  void raw(void* data, size_t size) {
    good_ = good_ && size <= left_.size();
    if (!good_ || size == 0) return;
    std::memcpy(data, left_.data(), size);
    left_.remove_prefix(size);
  }
  /// Of things that take a byte at least.
  uint64_t count(size_t bytes_of_one) {
    uint64_t n = 0;
    get(n);
    good_ = good_ && n <= left_.size() / bytes_of_one;
    return good_ ? n : 0;
  }
  template <Plain T>
  void get(T& value) {
    raw(&value, sizeof value);
  }
  template <class T>
  void get(T& value) {
    T::fields(*this, value);
  }
  void get(std::string& text) {
    text.resize(count(1));
    raw(text.data(), text.size());
  }
  template <class T>
  void get(std::vector<T>& values) {
    if constexpr (Plain<T>) {
      values.resize(count(sizeof(T)));
      raw(values.data(), values.size() * sizeof(T));
    } else {
      values.clear();
      for (uint64_t n = count(1); n > 0 && good_; --n) get(values.emplace_back());
    }
  }
  template <Map T>
  void get(T& values) {
    values.clear();
    for (uint64_t n = count(1); n > 0 && good_; --n) {
      typename T::key_type key{};
      get(key);
      get(values[key]);
    }
  }

  std::string_view left_;
  bool good_ = true;
};

}  // namespace llmsys
