/* What every test of the core includes: cmocka, the core's inside, a few words. */
#ifndef NSK_TEST_CHECK_H
#define NSK_TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "open/open.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const int64_t MILLISECOND = 1000000;
static const int64_t SECOND = 1000000000;

/* A host and a port given as texts; NULL is absent. */
static inline nsk_endpoint endpoint(const char *host, const char *service) {
  nsk_endpoint at = {0};
  at.host = host;
  at.host_length = host != NULL ? strlen(host) : 0;
  at.service = service;
  at.service_length = service != NULL ? strlen(service) : 0;
  at.port_absent = service == NULL;
  return at;
}

static inline nsk_endpoint numbered(const char *host, int64_t port) {
  nsk_endpoint at = endpoint(host, NULL);
  at.port = port;
  at.port_absent = false;
  return at;
}

static inline void assert_failed(nsk_outcome outcome, const nsk_error *error,
                                 nsk_domain domain, int code, const char *op) {
  assert_int_equal(outcome, NSK_FAILED);
  assert_int_equal(error->domain, domain);
  assert_int_equal(error->code, code);
  assert_string_equal(error->op, op);
}

static inline const char *line_of(const nsk_error *error) {
  static char line[NSK_LINE_MAX];
  size_t length = nsk_error_line(error, line, sizeof line);
  assert_int_equal(length, strlen(line));
  return line;
}

static inline const char *text_of(const nsk_addr *addr) {
  static char text[NSK_ADDR_TEXT_MAX + 1];
  text[nsk_addr_text(addr, text)] = '\0';
  return text;
}

#endif
