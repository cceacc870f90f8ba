/* Addresses: what is accepted, what it looks like, and which ones are equal. */
#include "check.h"

static nsk_addr inet(const char *host, int64_t port) {
  nsk_addr addr;
  nsk_error error;
  nsk_endpoint at = numbered(host, port);
  assert_int_equal(nsk_addr_inet(&addr, &at, false, "inet", &error), NSK_DONE);
  return addr;
}

static nsk_addr inet6(const char *host, int64_t port) {
  nsk_addr addr;
  nsk_error error;
  nsk_endpoint at = numbered(host, port);
  assert_int_equal(nsk_addr_inet6(&addr, &at, false, "inet6", &error), NSK_DONE);
  return addr;
}

static nsk_addr unix_named(const char *name, size_t length) {
  nsk_addr addr;
  nsk_error error;
  assert_int_equal(nsk_addr_unix(&addr, name, length, "unix", &error), NSK_DONE);
  return addr;
}

static void test_inet(void **state) {
  (void)state;
  nsk_addr addr = inet("127.0.0.1", 80);
  const struct sockaddr_in *in = (const void *)addr.bytes;
  assert_int_equal(addr.length, sizeof *in);
  assert_int_equal(nsk_addr_family(&addr), AF_INET);
  assert_int_equal(nsk_addr_port(&addr), 80);
  assert_int_equal(in->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  assert_string_equal(text_of(&addr), "127.0.0.1:80");
  addr = inet(NULL, 0);
  assert_string_equal(text_of(&addr), "127.0.0.1:0");
}

static void test_passive_is_the_wildcard(void **state) {
  (void)state;
  nsk_addr addr;
  nsk_error error;
  nsk_endpoint at = numbered(NULL, 7);
  assert_int_equal(nsk_addr_inet(&addr, &at, true, "inet", &error), NSK_DONE);
  assert_string_equal(text_of(&addr), "0.0.0.0:7");
  assert_int_equal(nsk_addr_inet6(&addr, &at, true, "inet6", &error), NSK_DONE);
  assert_string_equal(text_of(&addr), "[::]:7");
}

/* What getaddrinfo would have taken for an address of its own. */
static void test_h020_legacy_spellings(void **state) {
  (void)state;
  static const char *const texts[] = {"127.1",      "0x7f.1",     "0177.0.0.1",
                                      "2130706433", "127.0.0.1 ", "1.2.3.4.5",
                                      "localhost",  "::1"};
  for (size_t i = 0; i < COUNT(texts); i++) {
    nsk_addr addr;
    nsk_error error;
    nsk_endpoint at = numbered(texts[i], 1);
    nsk_outcome outcome = nsk_addr_inet(&addr, &at, false, "inet", &error);
    assert_failed(outcome, &error, NSK_ERRNO, EAFNOSUPPORT, "inet");
    assert_string_equal(error.text, "not a numeric IPv4 address");
  }
}

static void test_inet6(void **state) {
  (void)state;
  nsk_addr addr = inet6("::1", 443);
  assert_int_equal(nsk_addr_family(&addr), AF_INET6);
  assert_int_equal(nsk_addr_port(&addr), 443);
  assert_string_equal(text_of(&addr), "[::1]:443");
}

static void test_h023_scope(void **state) {
  (void)state;
  nsk_addr addr = inet6("fe80::1%lo", 1);
  const struct sockaddr_in6 *in6 = (const void *)addr.bytes;
  assert_int_equal(in6->sin6_scope_id, if_nametoindex("lo"));
  assert_string_equal(text_of(&addr), "[fe80::1%lo]:1");
  addr = inet6("fe80::1%4294967295", 1);
  assert_int_equal(in6->sin6_scope_id, UINT32_MAX);
  assert_string_equal(text_of(&addr), "[fe80::1%4294967295]:1");

  static const char *const unknown[] = {"fe80::1%nowhere", "fe80::1%",
                                        "fe80::1%4294967296",
                                        "fe80::1%99999999999999999999"};
  for (size_t i = 0; i < COUNT(unknown); i++) {
    nsk_error error;
    nsk_endpoint at = numbered(unknown[i], 1);
    nsk_outcome outcome = nsk_addr_inet6(&addr, &at, false, "inet6", &error);
    assert_failed(outcome, &error, NSK_RESOLVER, EAI_NONAME, "getaddrinfo");
  }
}

static void test_unix_path(void **state) {
  (void)state;
  nsk_addr addr = unix_named("/tmp/x", 6);
  assert_int_equal(addr.length, offsetof(struct sockaddr_un, sun_path) + 7);
  assert_int_equal(nsk_addr_port(&addr), -1);
  assert_string_equal(text_of(&addr), "/tmp/x");
}

static void test_h012_length_of_a_path(void **state) {
  (void)state;
  char path[5000];
  nsk_addr addr;
  nsk_error error;
  memset(path, 'p', sizeof path);
  addr = unix_named(path, 107);
  assert_int_equal(strlen(text_of(&addr)), 107);
  nsk_outcome outcome = nsk_addr_unix(&addr, path, 108, "unix", &error);
  assert_failed(outcome, &error, NSK_ERRNO, ENAMETOOLONG, "unix");
  outcome = nsk_addr_unix(&addr, path, sizeof path, "unix", &error);
  assert_failed(outcome, &error, NSK_ERRNO, ENAMETOOLONG, "unix");
  path[0] = '\0';
  addr = unix_named(path, 108);
  assert_int_equal(addr.length, sizeof(struct sockaddr_un));
  outcome = nsk_addr_unix(&addr, path, 109, "unix", &error);
  assert_failed(outcome, &error, NSK_ERRNO, ENAMETOOLONG, "unix");
}

static void test_h013_nul_in_a_path(void **state) {
  (void)state;
  nsk_addr addr;
  nsk_error error;
  nsk_outcome outcome = nsk_addr_unix(&addr, "/tmp/x\0y", 8, "unix", &error);
  assert_failed(outcome, &error, NSK_ARGUMENT, EINVAL, "unix");
  outcome = nsk_addr_unix(&addr, "", 0, "unix", &error);
  assert_failed(outcome, &error, NSK_ARGUMENT, EINVAL, "unix");
}

static void test_h014_abstract_names(void **state) {
  (void)state;
  static const char name[] = "\0a\0b\0"; /* the literal's own NUL counts too */
  char host[NSK_ADDR_TEXT_MAX];
  size_t length;
  bool abstract;
  nsk_addr addr = unix_named(name, 5);
  assert_int_equal(addr.length, offsetof(struct sockaddr_un, sun_path) + 5);
  assert_true(nsk_addr_host(&addr, host, &length, &abstract));
  assert_true(abstract);
  assert_int_equal(length, 5);
  assert_memory_equal(host, name, 5);
  addr = unix_named("\0abc", 4);
  assert_string_equal(text_of(&addr), "@abc");
}

/* The kernel may fill sun_path to its last byte, and says nothing for no name. */
static void test_h015_h017_names_from_the_kernel(void **state) {
  (void)state;
  nsk_addr addr;
  socklen_t room;
  struct sockaddr_un *un = (void *)nski_addr_space(&addr, &room);
  char host[NSK_ADDR_TEXT_MAX];
  size_t length;
  bool abstract;
  assert_int_equal(room, sizeof addr.bytes);
  memset(addr.bytes, 'x', sizeof addr.bytes);
  un->sun_family = AF_UNIX;
  nski_addr_filled(&addr, sizeof *un + 1000);
  assert_int_equal(addr.length, sizeof addr.bytes);
  nski_addr_filled(&addr, sizeof *un);
  assert_true(nsk_addr_host(&addr, host, &length, &abstract));
  assert_int_equal(length, sizeof un->sun_path);
  nski_addr_filled(&addr, sizeof(sa_family_t));
  assert_false(nsk_addr_host(&addr, host, &length, &abstract));
  assert_string_equal(text_of(&addr), "");
  nski_addr_filled(&addr, 0);
  assert_int_equal(nsk_addr_family(&addr), AF_UNSPEC);
  nski_addr_of(&addr, 0, AF_UNIX);
  assert_int_equal(nsk_addr_family(&addr), AF_UNIX);
  assert_false(nsk_addr_host(&addr, host, &length, &abstract));
}

static void test_equality_and_hash(void **state) {
  (void)state;
  const nsk_addr all[] = {
      inet("127.0.0.1", 1),   inet("127.0.0.1", 2),  inet("127.0.0.2", 1),
      inet6("::1", 1),        inet6("fe80::1%1", 1), inet6("fe80::1%2", 1),
      unix_named("/a", 2),    unix_named("/b", 2),   unix_named("\0/a", 3),
      unix_named("\0a\0", 3), unix_named("\0a", 2),  inet6("::ffff:127.0.0.1", 1),
  };
  for (size_t i = 0; i < COUNT(all); i++)
    for (size_t k = 0; k < COUNT(all); k++) {
      assert_int_equal(nsk_addr_equal(&all[i], &all[k]), i == k);
      if (i == k) assert_true(nsk_addr_hash(&all[i]) == nsk_addr_hash(&all[k]));
    }
  /* The kernel gives a path without its terminator; it is the same path. */
  nsk_addr short_path = all[6];
  short_path.length--;
  assert_true(nsk_addr_equal(&short_path, &all[6]));
  assert_true(nsk_addr_hash(&short_path) == nsk_addr_hash(&all[6]));
}

/* Bytes from elsewhere are an address where their number is what the family has. */
static void test_restored(void **state) {
  (void)state;
  const nsk_addr all[] = {inet("127.0.0.1", 80), inet6("::1", 80), unix_named("/a", 2)};
  nsk_addr made;
  for (size_t i = 0; i < COUNT(all); i++) {
    assert_true(nsk_addr_restore(&made, all[i].bytes, all[i].length));
    assert_true(nsk_addr_equal(&made, &all[i]));
    bool any = nsk_addr_family(&all[i]) == AF_UNIX;
    assert_int_equal(nsk_addr_restore(&made, all[i].bytes, all[i].length - 1), any);
    assert_int_equal(nsk_addr_restore(&made, all[i].bytes, all[i].length + 1), any);
    assert_false(nsk_addr_restore(&made, all[i].bytes, 1));
  }
}

static void test_names(void **state) {
  (void)state;
  nsk_addr addr = inet("127.0.0.1", 4321);
  nsk_error error;
  char host[NSK_HOST_MAX], service[NSK_HOST_MAX];
  int flags = NI_NUMERICHOST | NI_NUMERICSERV;
  assert_int_equal(nsk_addr_names(&addr, flags, host, service, &error), NSK_DONE);
  assert_string_equal(host, "127.0.0.1");
  assert_string_equal(service, "4321");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_inet),
      cmocka_unit_test(test_passive_is_the_wildcard),
      cmocka_unit_test(test_h020_legacy_spellings),
      cmocka_unit_test(test_inet6),
      cmocka_unit_test(test_h023_scope),
      cmocka_unit_test(test_unix_path),
      cmocka_unit_test(test_h012_length_of_a_path),
      cmocka_unit_test(test_h013_nul_in_a_path),
      cmocka_unit_test(test_h014_abstract_names),
      cmocka_unit_test(test_h015_h017_names_from_the_kernel),
      cmocka_unit_test(test_equality_and_hash),
      cmocka_unit_test(test_restored),
      cmocka_unit_test(test_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
