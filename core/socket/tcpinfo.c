/* What the kernel knows of a TCP connection: the fields of struct tcp_info. Their places
   never change; a newer kernel has more of them, so a header would know too few. */
#include "socket/socket.h"

#include <string.h>

#ifdef NSK_LINUX_TCP_INFO

#define NUMBER(NAME, OFFSET, BYTES) \
  { NAME, NSK_TCP_NUMBER, OFFSET, BYTES, (OFFSET) + (BYTES), 0, 0 }
/* All bits set: there is no limit. */
#define RATE(NAME, OFFSET) \
  { NAME, NSK_TCP_RATE, OFFSET, 8, (OFFSET) + 8, 0, 0 }
#define WORD(NAME, OFFSET) \
  { NAME, NSK_TCP_WORD, OFFSET, 1, (OFFSET) + 1, 0, 0 }
/* Bits have been added to the byte, which says nothing of them: NEEDS is from which size
   on the kernels have them. */
#define OPTION(NAME, BIT, NEEDS) \
  { NAME, NSK_TCP_FLAG, 5, 1, NEEDS, BIT, 1 }
/* Fields of bits, which a compiler of the other byte order counts from the other end; the
   byte is older than its fields, so NEEDS says from which size on they are there. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BITS(NAME, KIND, OFFSET, FIRST, COUNT, NEEDS) \
  { NAME, KIND, OFFSET, 1, NEEDS, FIRST, COUNT }
#else
#define BITS(NAME, KIND, OFFSET, FIRST, COUNT, NEEDS) \
  { NAME, KIND, OFFSET, 1, NEEDS, 8 - (FIRST) - (COUNT), COUNT }
#endif

const nsk_tcp_field nsk_tcp_fields[] = {
    WORD("state", 0),
    WORD("ca_state", 1),
    NUMBER("retransmits", 2, 1),
    NUMBER("probes", 3, 1),
    NUMBER("backoff", 4, 1),
    OPTION("timestamps", 0, 6),
    OPTION("sack", 1, 6),
    OPTION("wscale", 2, 6),
    OPTION("ecn", 3, 6),
    OPTION("ecn_seen", 4, 6),
    OPTION("syn_data", 5, 6),
    OPTION("usec_ts", 6, 248),
    OPTION("tfo_child", 7, 276),
    BITS("snd_wscale", NSK_TCP_NUMBER, 6, 0, 4, 7),
    BITS("rcv_wscale", NSK_TCP_NUMBER, 6, 4, 4, 7),
    BITS("delivery_rate_app_limited", NSK_TCP_FLAG, 7, 0, 1, 168),
    BITS("fastopen_client_fail", NSK_TCP_WORD, 7, 1, 2, 232),
    NUMBER("rto_us", 8, 4),
    NUMBER("ato_us", 12, 4),
    NUMBER("snd_mss_bytes", 16, 4),
    NUMBER("rcv_mss_bytes", 20, 4),
    NUMBER("unacked", 24, 4),
    NUMBER("sacked", 28, 4),
    NUMBER("lost", 32, 4),
    NUMBER("retrans", 36, 4),
    NUMBER("last_data_sent_ms", 44, 4),
    NUMBER("last_data_recv_ms", 52, 4),
    NUMBER("last_ack_recv_ms", 56, 4),
    NUMBER("pmtu_bytes", 60, 4),
    NUMBER("rcv_ssthresh_bytes", 64, 4),
    NUMBER("rtt_us", 68, 4),
    NUMBER("rttvar_us", 72, 4),
    NUMBER("snd_ssthresh", 76, 4),
    NUMBER("snd_cwnd", 80, 4),
    NUMBER("advmss_bytes", 84, 4),
    NUMBER("reordering", 88, 4),
    NUMBER("rcv_rtt_us", 92, 4),
    NUMBER("rcv_space_bytes", 96, 4),
    NUMBER("total_retrans", 100, 4),
    RATE("pacing_rate_bytes_per_s", 104),
    RATE("max_pacing_rate_bytes_per_s", 112),
    NUMBER("bytes_acked", 120, 8),
    NUMBER("bytes_received", 128, 8),
    NUMBER("segs_out", 136, 4),
    NUMBER("segs_in", 140, 4),
    NUMBER("notsent_bytes", 144, 4),
    NUMBER("min_rtt_us", 148, 4),
    NUMBER("data_segs_in", 152, 4),
    NUMBER("data_segs_out", 156, 4),
    NUMBER("delivery_rate_bytes_per_s", 160, 8),
    NUMBER("busy_time_us", 168, 8),
    NUMBER("rwnd_limited_us", 176, 8),
    NUMBER("sndbuf_limited_us", 184, 8),
    NUMBER("delivered", 192, 4),
    NUMBER("delivered_ce", 196, 4),
    NUMBER("bytes_sent", 200, 8),
    NUMBER("bytes_retrans", 208, 8),
    NUMBER("dsack_dups", 216, 4),
    NUMBER("reord_seen", 220, 4),
    NUMBER("rcv_ooopack", 224, 4),
    NUMBER("snd_wnd_bytes", 228, 4),
    NUMBER("rcv_wnd_bytes", 232, 4),
    NUMBER("rehash", 236, 4),
    NUMBER("total_rto", 240, 2),
    NUMBER("total_rto_recoveries", 242, 2),
    NUMBER("total_rto_time_ms", 244, 4),
    NUMBER("received_ce", 248, 4),
    NUMBER("delivered_e1_bytes", 252, 4),
    NUMBER("delivered_e0_bytes", 256, 4),
    NUMBER("delivered_ce_bytes", 260, 4),
    NUMBER("received_e1_bytes", 264, 4),
    NUMBER("received_e0_bytes", 268, 4),
    NUMBER("received_ce_bytes", 272, 4),
    {NULL, NSK_TCP_NUMBER, 0, 0, 0, 0, 0}};

_Static_assert(sizeof nsk_tcp_fields / sizeof nsk_tcp_fields[0] <= NSK_TCP_FIELDS + 1,
               "NSK_TCP_FIELDS is enough");

static const char *const states[] = {
    NULL,        "established", "syn_sent",    "syn_recv",   "fin_wait1",
    "fin_wait2", "time_wait",   "close",       "close_wait", "last_ack",
    "listen",    "closing",     "new_syn_recv"};
static const char *const congestion_states[] = {"open", "disorder", "cwr", "recovery",
                                                "loss"};
static const char *const fast_open_failures[] = {NULL, "cookie_unavailable",
                                                 "data_not_acked", "syn_retransmitted"};

static const char *word_of(size_t offset, uint64_t number) {
  if (offset == 0)
    return number < sizeof states / sizeof states[0] ? states[number] : NULL;
  if (offset == 7) return fast_open_failures[number & 3];
  size_t count = sizeof congestion_states / sizeof congestion_states[0];
  return number < count ? congestion_states[number] : NULL;
}

static uint64_t number_at(const nsk_tcp_info *info, const nsk_tcp_field *field) {
  const unsigned char *at = info->bytes + field->offset;
  uint16_t two;
  uint32_t four;
  uint64_t eight;
  switch (field->size) {
    case 2:
      memcpy(&two, at, sizeof two);
      return two;
    case 4:
      memcpy(&four, at, sizeof four);
      return four;
    case 8:
      memcpy(&eight, at, sizeof eight);
      return eight;
    default:
      return field->bits != 0 ? at[0] >> field->first & ((1U << field->bits) - 1) : at[0];
  }
}

bool nsk_tcp_info_has(const nsk_tcp_info *info, const nsk_tcp_field *field,
                      nsk_tcp_value *value) {
  value->number = 0;
  value->word = NULL;
  if (info->length < field->needs) return false;
  value->number = number_at(info, field);
  if (field->kind == NSK_TCP_RATE) return value->number != UINT64_MAX;
  if (field->kind == NSK_TCP_WORD) value->word = word_of(field->offset, value->number);
  return field->kind != NSK_TCP_WORD || value->word != NULL;
}

nsk_outcome nsk_socket_tcpinfo(nsk_socket *s, nsk_tcp_info *info, nsk_error *error) {
  bool inet = s->family == AF_INET || s->family == AF_INET6;
  socklen_t length = sizeof info->bytes;
  if (s->fd < 0) return nski_fail(error, "getsockopt", EBADF);
  if (!inet) return nski_fail(error, "getsockopt", EAFNOSUPPORT);
  if (s->type != SOCK_STREAM) return nski_fail(error, "getsockopt", ESOCKTNOSUPPORT);
  if (getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, info->bytes, &length) < 0)
    return nski_fail(error, "getsockopt", errno);
  info->length = length;
  return NSK_DONE;
}

#else

const nsk_tcp_field nsk_tcp_fields[] = {{NULL, NSK_TCP_NUMBER, 0, 0, 0, 0, 0}};

bool nsk_tcp_info_has(const nsk_tcp_info *info, const nsk_tcp_field *field,
                      nsk_tcp_value *value) {
  (void)info, (void)field, (void)value;
  return false;
}

nsk_outcome nsk_socket_tcpinfo(nsk_socket *s, nsk_tcp_info *info, nsk_error *error) {
  (void)s, (void)info;
  return nski_fail(error, "getsockopt", EOPNOTSUPP);
}

#endif
