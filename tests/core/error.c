/* Errors: their names, their words, their one line. */
#include "check.h"

static void test_names(void **state) {
  (void)state;
  assert_string_equal(nsk_code_name(NSK_ERRNO, ECONNREFUSED), "ECONNREFUSED");
  assert_string_equal(nsk_code_name(NSK_ERRNO, EAGAIN), "EAGAIN"); /* not the alias */
  assert_string_equal(nsk_code_name(NSK_RESOLVER, EAI_NONAME), "EAI_NONAME");
  assert_string_equal(nsk_code_name(NSK_ARGUMENT, EINVAL), "EINVAL");
  assert_string_equal(nsk_code_name(NSK_MEMORY, ENOMEM), "ENOMEM");
  assert_null(nsk_code_name(NSK_ERRNO, 98765));
}

static void test_h107_words(void **state) {
  (void)state;
  char buf[80];
  assert_string_equal(nsk_code_message(NSK_ERRNO, ECONNREFUSED, buf, sizeof buf),
                      "Connection refused");
  assert_string_equal(nsk_code_message(NSK_ERRNO, 98765, buf, sizeof buf), "errno 98765");
  assert_string_equal(nsk_code_message(NSK_ERRNO, -3, buf, sizeof buf), "errno -3");
  assert_true(strlen(nsk_code_message(NSK_RESOLVER, EAI_NONAME, buf, sizeof buf)) > 0);
  assert_string_equal(nsk_code_message(NSK_ERRNO, ECONNREFUSED, buf, 5), "Conn");
}

static void test_line_of_an_address(void **state) {
  (void)state;
  nsk_error error;
  nsk_addr addr;
  nsk_endpoint at = numbered("127.0.0.1", 1);
  assert_int_equal(nsk_addr_inet(&addr, &at, false, "inet", &error), NSK_DONE);
  assert_int_equal(nski_fail_at(&error, "connect", ECONNREFUSED, &addr), NSK_FAILED);
  assert_string_equal(line_of(&error),
                      "connect 127.0.0.1:1: ECONNREFUSED (111) Connection refused");
}

static void test_line_with_words_of_our_own(void **state) {
  (void)state;
  nsk_error error;
  nsk_error_argument(&error, "recv", "bufsize", "must be at least 1");
  assert_string_equal(line_of(&error), "recv bufsize: EINVAL (22) must be at least 1");
  nski_fail(&error, "socket", 98765);
  assert_string_equal(line_of(&error), "socket: errno 98765");
}

static void test_line_of_the_resolver(void **state) {
  (void)state;
  nsk_error error;
  nski_fail_resolver(&error, EAI_SYSTEM, EIO, "host", 4);
  assert_int_equal(error.system, EIO); /* H026 */
  assert_non_null(
      strstr(line_of(&error), "getaddrinfo host: EAI_SYSTEM (-11) Input/output"));
  nski_fail_resolver(&error, EAI_NONAME, EIO, "host", 4);
  assert_int_equal(error.system, 0);
  nski_fail_resolver(&error, EAI_MEMORY, 0, "host", 4);
  assert_int_equal(error.domain, NSK_MEMORY);
}

static void test_control_bytes_are_shown(void **state) {
  (void)state;
  nsk_error error;
  nski_fail_about(&error, "bind", EACCES, "/a\nb\0\x7f\xc3\xa9", 8);
  assert_string_equal(line_of(&error),
                      "bind /a\\x0ab\\x00\\x7f\xc3\xa9: EACCES (13) Permission denied");
}

static void test_long_subjects(void **state) {
  (void)state;
  nsk_error error;
  char subject[1000], small[20];
  memset(subject, '\1', sizeof subject);
  nski_fail_about(&error, "bind", EACCES, subject, sizeof subject);
  assert_int_equal(error.subject_length, NSK_SUBJECT_MAX);
  assert_true(strlen(line_of(&error)) < NSK_LINE_MAX);
  assert_non_null(strstr(line_of(&error), "EACCES (13) Permission denied"));
  assert_int_equal(nsk_error_line(&error, small, sizeof small), 19);
  assert_int_equal(strlen(small), 19);
}

static void test_not_done(void **state) {
  (void)state;
  nsk_error error;
  assert_int_equal(nski_not_done(&error, "recv", EAGAIN), NSK_AGAIN);
  assert_int_equal(nski_not_done(&error, "recv", EWOULDBLOCK), NSK_AGAIN);
  assert_int_equal(nski_not_done(&error, "recv", EINTR), NSK_INTERRUPTED);
  assert_failed(nski_not_done(&error, "recv", EIO), &error, NSK_ERRNO, EIO, "recv");
}

/* What an error said before is not in what it says next. */
static void test_filled_anew(void **state) {
  (void)state;
  nsk_error error;
  nski_fail_about(&error, "recv", EIO, "", 0);
  error.byte = 3;
  error.early_end = true;
  nski_fail_about(&error, "recv", EIO, "", 0);
  assert_int_equal(error.byte, -1);
  assert_false(error.early_end);
}

static void test_codes_of_reasons(void **state) {
  (void)state;
  nsk_error error;
  nsk_error_because(&error, "recv", NSK_GIVEN_UP, NULL);
  assert_int_equal(error.code, ETIMEDOUT);
  nsk_error_because(&error, "recv", NSK_CANCELED, NULL);
  assert_int_equal(error.code, ECANCELED);
}

/* A collection may help with descriptors, also those of the whole system; one for want of
   memory would not be sure to. */
static void test_what_is_scarce(void **state) {
  (void)state;
  static const struct {
    int code;
    bool scarce, exhausted;
  } cases[] = {{EMFILE, true, true},   {ENFILE, true, true}, {ENOMEM, false, true},
               {ENOBUFS, false, true}, {EIO, false, false},  {0, false, false}};
  for (size_t i = 0; i < COUNT(cases); i++) {
    assert_int_equal(nski_scarce(cases[i].code), cases[i].scarce);
    assert_int_equal(nski_exhausted(cases[i].code), cases[i].exhausted);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_h107_words),
      cmocka_unit_test(test_line_of_an_address),
      cmocka_unit_test(test_line_with_words_of_our_own),
      cmocka_unit_test(test_line_of_the_resolver),
      cmocka_unit_test(test_control_bytes_are_shown),
      cmocka_unit_test(test_long_subjects),
      cmocka_unit_test(test_not_done),
      cmocka_unit_test(test_filled_anew),
      cmocka_unit_test(test_codes_of_reasons),
      cmocka_unit_test(test_what_is_scarce),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
