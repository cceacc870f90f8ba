/* Any bytes as a part of one line. */
#include "base/base.h"

size_t nsk_escape(const char *bytes, size_t length, char *out, size_t cap) {
  static const char hex[] = "0123456789abcdef";
  size_t n = 0;
  for (size_t i = 0; i < length && n + 4 < cap; i++) {
    unsigned char c = (unsigned char)bytes[i];
    if (c >= 0x20 && c != 0x7f) {
      out[n++] = (char)c;
      continue;
    }
    out[n++] = '\\';
    out[n++] = 'x';
    out[n++] = hex[c >> 4];
    out[n++] = hex[c & 15];
  }
  out[n] = '\0';
  return n;
}
