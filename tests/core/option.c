/* Options: what is packed, what is refused, and that a failure changes nothing. */
#include "kernel.h"

static const nsk_option *option(const char *name) {
  for (const nsk_option *o = nsk_options; o->name != NULL; o++)
    if (strcmp(o->name, name) == 0) return o;
  fail_msg("no option %s", name);
  return NULL;
}

static nsk_socket opened(int family, int type) {
  nsk_socket s;
  nsk_error error;
  nsk_socket_init(&s);
  assert_int_equal(nsk_socket_open(&s, family, type, 0, true, &error), NSK_DONE);
  return s;
}

static int64_t read_integer(nsk_socket *s, const nsk_option *o) {
  nsk_value value;
  nsk_error error;
  assert_int_equal(nsk_option_get(s, o, &value, &error), NSK_DONE);
  return value.integer;
}

static nsk_outcome set(nsk_socket *s, const nsk_option *o, int64_t integer,
                       double seconds, nsk_error *error) {
  nsk_value value;
  memset(&value, 0, sizeof value);
  value.integer = integer;
  value.seconds = seconds;
  return nsk_option_set(s, o, &value, error);
}

static void test_booleans(void **state) {
  (void)state;
  nsk_error error;
  nsk_socket s = opened(AF_INET, SOCK_STREAM);
  const nsk_option *reuseaddr = option("reuseaddr");
  assert_int_equal(read_integer(&s, reuseaddr), 0);
  assert_int_equal(set(&s, reuseaddr, 100, 0, &error), NSK_DONE);
  assert_int_equal(read_integer(&s, reuseaddr), 1); /* H084 */
  assert_int_equal(set(&s, reuseaddr, 0, 0, &error), NSK_DONE);
  assert_int_equal(read_integer(&s, reuseaddr), 0);
  close_socket(&s);
}

static void test_flags_and_the_cached_mode(void **state) {
  (void)state;
  nsk_error error;
  nsk_socket s = opened(AF_UNIX, SOCK_STREAM);
  const nsk_option *nonblock = option("nonblock"), *cloexec = option("cloexec");
  assert_int_equal(read_integer(&s, nonblock), 1);
  assert_int_equal(set(&s, nonblock, 0, 0, &error), NSK_DONE);
  assert_true(nsk_socket_blocking(&s));
  assert_false(fcntl(s.fd, F_GETFL) & O_NONBLOCK);
  assert_int_equal(set(&s, nonblock, 1, 0, &error), NSK_DONE);
  assert_false(nsk_socket_blocking(&s));
  assert_int_equal(set(&s, cloexec, 0, 0, &error), NSK_DONE);
  assert_int_equal(fcntl(s.fd, F_GETFD), 0);
  assert_int_equal(read_integer(&s, cloexec), 0);
  close_socket(&s);
}

static void test_closed(void **state) {
  (void)state;
  nsk_socket s;
  nsk_value value;
  nsk_error error;
  nsk_socket_init(&s);
  for (const nsk_option *o = nsk_options; o->name != NULL; o++) {
    if (!o->supported) continue;
    nsk_outcome outcome = nsk_option_get(&s, o, &value, &error);
    assert_int_equal(outcome, NSK_FAILED);
    assert_int_equal(error.code, EBADF);
    assert_int_equal(error.subject_length, strlen(o->name));
    assert_memory_equal(error.subject, o->name, error.subject_length);
    outcome = nsk_option_set(&s, o, &value, &error);
    assert_int_equal(outcome, NSK_FAILED);
    assert_int_equal(error.code, EBADF);
  }
}

/* Made by hand: kinds are tested whether or not a row of option.def has them yet. */
static const nsk_option linger = {"linger",   NSK_OPT_LINGER, true,       true,     0,
                                  SOL_SOCKET, SO_LINGER,      SOL_SOCKET, SO_LINGER};
static const nsk_option rcvtimeo = {"rcvtimeo", NSK_OPT_SECONDS, true,        true,
                                    0,          SOL_SOCKET,      SO_RCVTIMEO, SOL_SOCKET,
                                    SO_RCVTIMEO};
static const nsk_option rcvbuf = {"rcvbuf",   NSK_OPT_INT, true,       true,     0,
                                  SOL_SOCKET, SO_RCVBUF,   SOL_SOCKET, SO_RCVBUF};
static const nsk_option ttl = {
    "ttl",        NSK_OPT_U8,         true, true, 0, IPPROTO_IP, IP_MULTICAST_TTL,
    IPPROTO_IPV6, IPV6_MULTICAST_HOPS};

static void test_h085_integers(void **state) {
  (void)state;
  static const int64_t bad[] = {-1, INT64_C(1) << 31, INT64_MAX, INT64_MIN};
  nsk_error error;
  nsk_socket s = opened(AF_INET, SOCK_STREAM);
  int64_t before = read_integer(&s, &rcvbuf);
  for (size_t i = 0; i < COUNT(bad); i++) {
    nsk_outcome outcome = set(&s, &rcvbuf, bad[i], 0, &error);
    assert_failed(outcome, &error, NSK_ARGUMENT, EINVAL, "setsockopt");
    assert_string_equal(line_of(&error),
                        "setsockopt rcvbuf: EINVAL (22) must be 0..2147483647");
  }
  assert_int_equal(read_integer(&s, &rcvbuf), before);
  assert_int_equal(set(&s, &rcvbuf, 20000, 0, &error), NSK_DONE);
  assert_int_equal(read_integer(&s, &rcvbuf), 40000); /* H086: as the kernel says */
  close_socket(&s);
}

static void test_h094_bytes(void **state) {
  (void)state;
  nsk_error error;
  nsk_socket s = opened(AF_INET, SOCK_DGRAM);
  for (int64_t bad = -1; bad <= 256; bad += 257) {
    nsk_outcome outcome = set(&s, &ttl, bad, 0, &error);
    assert_failed(outcome, &error, NSK_ARGUMENT, EINVAL, "setsockopt");
  }
  assert_int_equal(set(&s, &ttl, 255, 0, &error), NSK_DONE);
  assert_int_equal(read_integer(&s, &ttl), 255);
  close_socket(&s);
}

static void test_h088_linger(void **state) {
  (void)state;
  nsk_error error;
  nsk_socket s = opened(AF_INET, SOCK_STREAM);
  assert_int_equal(read_integer(&s, &linger), -1);
  assert_int_equal(set(&s, &linger, 65535, 0, &error), NSK_DONE);
  assert_int_equal(read_integer(&s, &linger), 65535);
  assert_failed(set(&s, &linger, 65536, 0, &error), &error, NSK_ARGUMENT, EINVAL,
                "setsockopt");
  assert_failed(set(&s, &linger, -2, 0, &error), &error, NSK_ARGUMENT, EINVAL,
                "setsockopt");
  assert_int_equal(read_integer(&s, &linger), 65535);
  assert_int_equal(set(&s, &linger, -1, 0, &error), NSK_DONE);
  assert_int_equal(read_integer(&s, &linger), -1);
  close_socket(&s);
}

static double read_seconds(nsk_socket *s) {
  nsk_value value;
  nsk_error error;
  assert_int_equal(nsk_option_get(s, &rcvtimeo, &value, &error), NSK_DONE);
  return value.seconds;
}

/* A time above 0 never becomes 0, which would mean no limit. */
static void test_h087_seconds(void **state) {
  (void)state;
  static const double bad[] = {-1, -1e-9, 1e300};
  nsk_error error;
  nsk_socket s = opened(AF_INET, SOCK_STREAM);
  assert_int_equal(set(&s, &rcvtimeo, 0, 1e-7, &error), NSK_DONE);
  assert_true(read_seconds(&s) > 0);
  assert_int_equal(set(&s, &rcvtimeo, 0, 1.9999999, &error), NSK_DONE);
  assert_true(read_seconds(&s) == 2.0);
  for (size_t i = 0; i < COUNT(bad); i++)
    assert_failed(set(&s, &rcvtimeo, 0, bad[i], &error), &error, NSK_ARGUMENT, EINVAL,
                  "setsockopt");
  volatile double zero = 0;
  assert_failed(set(&s, &rcvtimeo, 0, zero / zero, &error), &error, NSK_ARGUMENT, EINVAL,
                "setsockopt");
  assert_true(read_seconds(&s) == 2.0);
  close_socket(&s);
}

static void test_h090_the_kernel_refuses(void **state) {
  (void)state;
  nsk_error error;
  nsk_socket s = opened(AF_UNIX, SOCK_STREAM);
  const nsk_option nodelay = {"nodelay",   NSK_OPT_BOOL, true,        true,       0,
                              IPPROTO_TCP, TCP_NODELAY,  IPPROTO_TCP, TCP_NODELAY};
  const nsk_option unknown = {"unknown", NSK_OPT_BOOL, true, false, 0, 0, 0, 0, 0};
  const nsk_option fixed = {"fixed",    NSK_OPT_BOOL,  false,      true,         0,
                            SOL_SOCKET, SO_ACCEPTCONN, SOL_SOCKET, SO_ACCEPTCONN};
  assert_failed(set(&s, &nodelay, 1, 0, &error), &error, NSK_ERRNO, EOPNOTSUPP,
                "setsockopt");
  assert_failed(set(&s, &unknown, 1, 0, &error), &error, NSK_ERRNO, EOPNOTSUPP,
                "setsockopt");
  assert_failed(set(&s, &fixed, 1, 0, &error), &error, NSK_ERRNO, EOPNOTSUPP,
                "setsockopt");
  assert_memory_equal(error.subject, "fixed", error.subject_length);
  close_socket(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      leaving_nothing(test_booleans),     leaving_nothing(test_flags_and_the_cached_mode),
      leaving_nothing(test_closed),       leaving_nothing(test_h085_integers),
      leaving_nothing(test_h094_bytes),   leaving_nothing(test_h088_linger),
      leaving_nothing(test_h087_seconds), leaving_nothing(test_h090_the_kernel_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
