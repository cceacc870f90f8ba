/* Hosts and ports as users write them, and which queries need no resolver. */
#include "check.h"

static void test_h019_ports_as_text(void **state) {
  (void)state;
  static const struct {
    const char *text;
    nski_port_kind kind;
    int port;
  } cases[] = {
      {"0", NSK_PORT_NUMBER, 0},         {"80", NSK_PORT_NUMBER, 80},
      {"00080", NSK_PORT_NUMBER, 80},    {"65535", NSK_PORT_NUMBER, 65535},
      {"http", NSK_PORT_NAME, -1},       {"x11-6", NSK_PORT_NAME, -1},
      {"6a4", NSK_PORT_NAME, -1},        {"65536", NSK_PORT_BAD, -1},
      {"99999999999", NSK_PORT_BAD, -1}, {"-1", NSK_PORT_BAD, -1},
      {"+1", NSK_PORT_BAD, -1},          {" 80", NSK_PORT_BAD, -1},
      {"80 ", NSK_PORT_BAD, -1},         {"", NSK_PORT_BAD, -1},
      {"8-0", NSK_PORT_BAD, -1},         {"a b", NSK_PORT_BAD, -1},
      {"a\nb", NSK_PORT_BAD, -1},        {"0x50", NSK_PORT_NAME, -1},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    nsk_endpoint at = endpoint(NULL, cases[i].text);
    int port = -1;
    nski_port_kind kind = nski_endpoint_port(&at, &port);
    if (kind != cases[i].kind) fail_msg("port \"%s\" is of kind %d", cases[i].text, kind);
    if (kind == NSK_PORT_NUMBER) assert_int_equal(port, cases[i].port);
  }
}

static void test_port_with_a_nul_or_too_long(void **state) {
  (void)state;
  char text[400];
  int port;
  memset(text, 'a', sizeof text);
  nsk_endpoint at = {.service = "80\0", .service_length = 3};
  assert_int_equal(nski_endpoint_port(&at, &port), NSK_PORT_BAD);
  at = (nsk_endpoint){.service = text, .service_length = sizeof text};
  assert_int_equal(nski_endpoint_port(&at, &port), NSK_PORT_BAD);
}

static void test_ports_as_numbers(void **state) {
  (void)state;
  static const int64_t bad[] = {-1, 65536, INT64_MAX, INT64_MIN, INT64_C(1) << 53};
  int port = -1;
  nsk_endpoint at = numbered(NULL, 65535);
  assert_int_equal(nski_endpoint_port(&at, &port), NSK_PORT_NUMBER);
  assert_int_equal(port, 65535);
  for (size_t i = 0; i < COUNT(bad); i++) {
    at = numbered(NULL, bad[i]);
    assert_int_equal(nski_endpoint_port(&at, &port), NSK_PORT_BAD);
  }
}

static void test_a_bad_port_is_named(void **state) {
  (void)state;
  nsk_error error;
  nsk_endpoint at = numbered("127.0.0.1", 65536);
  nsk_addr addr;
  nsk_outcome outcome = nsk_addr_inet(&addr, &at, false, "inet", &error);
  assert_failed(outcome, &error, NSK_RESOLVER, EAI_SERVICE, "getaddrinfo");
  assert_non_null(strstr(line_of(&error), "getaddrinfo 65536: EAI_SERVICE"));
}

static nsk_outcome check(const char *host, size_t length, nsk_error *error) {
  char copy[NSK_HOST_MAX];
  nsk_endpoint at = {.host = host, .host_length = length};
  return nski_endpoint_host(&at, "getaddrinfo", copy, error);
}

static void test_h021_h022_hosts(void **state) {
  (void)state;
  nsk_error error;
  char host[300];
  memset(host, 'h', sizeof host);
  assert_int_equal(check(host, 255, &error), NSK_DONE);
  assert_failed(check(host, 256, &error), &error, NSK_RESOLVER, EAI_NONAME,
                "getaddrinfo");
  assert_failed(check("a\0b", 3, &error), &error, NSK_ARGUMENT, EINVAL, "getaddrinfo");
  assert_failed(check("", 0, &error), &error, NSK_ARGUMENT, EINVAL, "getaddrinfo");
}

static nsk_query query(const char *host, const char *service, int family, int flags) {
  return (nsk_query){endpoint(host, service), family, SOCK_STREAM, 0, flags};
}

static bool answered_at_once(const nsk_query *query) {
  nsk_texts texts;
  nsk_list list;
  nsk_error error;
  bool answered;
  assert_int_equal(nski_query_check(query, &texts, &answered, &list, &error), NSK_DONE);
  nsk_list_free(&list);
  return answered;
}

static void test_what_needs_no_resolver(void **state) {
  (void)state;
  nsk_query q = query("127.0.0.1", "80", AF_UNSPEC, 0);
  assert_true(answered_at_once(&q));
  q = query("::1", "80", AF_UNSPEC, 0);
  assert_true(answered_at_once(&q));
  q = query(NULL, "80", AF_INET, 0);
  assert_true(answered_at_once(&q));
  q = query("*", "80", AF_INET, AI_PASSIVE);
  assert_true(answered_at_once(&q));
  q = query("localhost", "80", AF_INET, 0);
  assert_false(answered_at_once(&q));
  q = query("127.0.0.1", "http", AF_INET, 0);
  assert_false(answered_at_once(&q));
}

static void test_numeric_answers(void **state) {
  (void)state;
  nsk_list list;
  nsk_error error;
  nsk_query q = query(NULL, "80", AF_UNSPEC, AI_PASSIVE);
  assert_int_equal(nsk_resolve(&q, &list, &error), NSK_DONE);
  assert_int_equal(list.count, 2);
  assert_string_equal(text_of(&list.items[0].addr), "[::]:80");
  assert_string_equal(text_of(&list.items[1].addr), "0.0.0.0:80");
  assert_int_equal(list.items[0].socktype, SOCK_STREAM);
  assert_int_equal(list.items[0].protocol, IPPROTO_TCP);
  assert_null(list.canonical);
  nsk_list_free(&list);
  q = query("127.0.0.1", "80", AF_INET, AI_CANONNAME);
  assert_int_equal(nsk_resolve(&q, &list, &error), NSK_DONE);
  assert_string_equal(list.canonical, "127.0.0.1");
  nsk_list_free(&list);
  nsk_list_free(&list); /* idempotent */
}

static void test_refused_queries(void **state) {
  (void)state;
  nsk_list list;
  nsk_error error;
  nsk_query q = query("*", "80", AF_INET, 0); /* a wildcard is for binding alone */
  nsk_outcome outcome = nsk_resolve(&q, &list, &error);
  assert_failed(outcome, &error, NSK_RESOLVER, EAI_NONAME, "getaddrinfo");
  q = query(NULL, NULL, AF_INET, AI_PASSIVE);
  outcome = nsk_resolve(&q, &list, &error);
  assert_failed(outcome, &error, NSK_RESOLVER, EAI_NONAME, "getaddrinfo");
  q = query("::1", "80", AF_INET, 0);
  outcome = nsk_resolve(&q, &list, &error);
  assert_failed(outcome, &error, NSK_RESOLVER, EAI_ADDRFAMILY, "getaddrinfo");
  q = query("127.0.0.1", "80x ", AF_INET, 0);
  outcome = nsk_resolve(&q, &list, &error);
  assert_failed(outcome, &error, NSK_RESOLVER, EAI_SERVICE, "getaddrinfo");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_h019_ports_as_text),
      cmocka_unit_test(test_port_with_a_nul_or_too_long),
      cmocka_unit_test(test_ports_as_numbers),
      cmocka_unit_test(test_a_bad_port_is_named),
      cmocka_unit_test(test_h021_h022_hosts),
      cmocka_unit_test(test_what_needs_no_resolver),
      cmocka_unit_test(test_numeric_answers),
      cmocka_unit_test(test_refused_queries),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
