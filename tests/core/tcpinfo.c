/* What is read out of struct tcp_info, of which an older kernel gives less. */
#include "check.h"

static bool has(nsk_tcp_info *info, const char *name, nsk_tcp_value *value) {
  const nsk_tcp_field *field = nsk_tcp_fields;
  while (field->name != NULL && strcmp(field->name, name) != 0)
    field++;
  return field->name != NULL && nsk_tcp_info_has(info, field, value);
}

static void test_of_an_older_kernel(void **state) {
  (void)state;
  nsk_tcp_info info = {.length = 0};
  nsk_tcp_value value;
  for (const nsk_tcp_field *field = nsk_tcp_fields; field->name != NULL; field++) {
    memset(info.bytes, 2, sizeof info.bytes);
    info.length = field->needs;
    assert_true(nsk_tcp_info_has(&info, field, &value));
    info.length--;
    assert_false(nsk_tcp_info_has(&info, field, &value));
    assert_int_equal(value.number, 0);
    assert_null(value.word);
  }
}

static void test_numbers_of_each_size(void **state) {
  (void)state;
#ifdef NSK_LINUX_TCP_INFO
  nsk_tcp_info info = {.length = sizeof info.bytes};
  nsk_tcp_value value;
  const uint16_t two = 0x1234;
  const uint32_t four = 0x12345678;
  const uint64_t eight = UINT64_C(0x123456789abcdef0);
  memcpy(info.bytes + 240, &two, sizeof two);
  memcpy(info.bytes + 68, &four, sizeof four);
  memcpy(info.bytes + 120, &eight, sizeof eight);
  assert_true(has(&info, "total_rto", &value) && value.number == two);
  assert_true(has(&info, "rtt_us", &value) && value.number == four);
  assert_true(has(&info, "bytes_acked", &value) && value.number == eight);
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_of_an_older_kernel),
      cmocka_unit_test(test_numbers_of_each_size),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
