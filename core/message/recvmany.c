/* Many packets in one call: receiving. */
#include <stdlib.h>

#include "message/packets.h"

/* For UDP_GRO, behind all that options of the library have the kernel put before it. */
enum { CONTROL_ROOM = 256, JOINED_MAX = 65535, LOOKED_BACK = 16 };

/* What one system call is given for each packet. */
struct nski_rows {
  struct iovec *piece;
  unsigned char (*control)[CONTROL_ROOM];
  nski_header header[];
};

static nski_rows *make_rows(size_t count) {
  size_t each = sizeof(nski_header) + sizeof(struct iovec) + CONTROL_ROOM;
  nski_rows *rows = malloc(sizeof *rows + count * each);
  if (rows == NULL) return NULL;
  rows->piece = (struct iovec *)(void *)&rows->header[count];
  rows->control = (void *)&rows->piece[count];
  return rows;
}

static bool grow(nsk_batch **batch, size_t slots) {
  nsk_batch *b = *batch;
  nski_rows *rows = make_rows(slots);
  if (rows == NULL) return false;
  b = realloc(b, sizeof *b + slots * sizeof(void *));
  if (b == NULL) {
    free(rows);
    return false;
  }
  if (*batch == NULL)
    *b = (nsk_batch){.slots = 0};
  else
    free(b->rows);
  b->rows = rows;
  for (; b->slots < slots; b->slots++)
    b->slot[b->slots] = NULL;
  *batch = b;
  return true;
}

bool nsk_batch_reserve(nsk_batch **batch, const nsk_socket *s, size_t max, size_t size) {
  if ((*batch == NULL || (*batch)->slots < max) && !grow(batch, max)) return false;
  nsk_batch *b = *batch;
  b->count = b->packets = 0;
  b->size = b->room = size;
  if (size < JOINED_MAX && nski_joins(s)) b->room = JOINED_MAX;
  for (size_t i = 0; i < max; i++)
    if (!nsk_buffer_reserve(&b->slot[i], b->room)) return false;
  return true;
}

void nsk_batch_free(nsk_batch *batch) {
  if (batch == NULL) return;
  for (size_t i = 0; i < batch->slots; i++)
    nsk_buffer_free(batch->slot[i]);
  free(batch->rows);
  free(batch);
}

/* -------------------------------------------------------- what was received -- */

/* Its sender's first packet, or its own: senders mostly repeat soon, if at all. */
static size_t same_sender(const nsk_batch *batch, size_t slot) {
  const nsk_buffer *own = batch->slot[slot];
  for (size_t j = slot; j > 0 && slot - j < LOOKED_BACK; j--)
    if (nski_same_bytes(&batch->slot[j - 1]->from, &own->from))
      return batch->slot[j - 1]->first;
  return own->first;
}

bool nsk_batch_next(const nsk_batch *batch, nsk_batch_place *place, nsk_packet *packet) {
  if (place->slot == batch->count) return false;
  const nsk_buffer *b = batch->slot[place->slot];
  size_t length = b->length - place->at;
  bool last = b->segment == 0 || length <= b->segment;
  if (!last) length = b->segment;
  packet->bytes = b->data + place->at;
  packet->cut = length > batch->size || (last && b->cut);
  packet->length = length > batch->size ? batch->size : length;
  packet->from = &b->from;
  packet->same = place->at > 0 ? b->first : same_sender(batch, place->slot);
  place->at = last ? 0 : place->at + length;
  if (last) place->slot++;
  return true;
}

/* Joined packets have one size, but for the last. */
static void received(nsk_batch *batch, nski_header *from) {
  nsk_buffer *b = batch->slot[batch->count++];
  b->next = NULL;
  b->start = b->scanned = 0;
  b->length = from->msg_len;
  b->cut = (from->msg_hdr.msg_flags & MSG_TRUNC) != 0;
  b->segment = nski_segment_of(&from->msg_hdr);
  if (b->segment >= b->length) b->segment = 0;
  b->first = batch->packets;
  batch->packets += b->segment == 0 ? 1 : (b->length + b->segment - 1) / b->segment;
  nski_addr_filled(&b->from, from->msg_hdr.msg_namelen);
  /* An unnamed unix sender has a family and no name. */
  if (b->from.length <= sizeof(sa_family_t)) b->from.length = 0;
}

nsk_outcome nsk_many_size(int64_t asked, size_t *max, nsk_error *error) {
  if (asked < 1 || asked > NSK_MANY_MAX)
    return nsk_error_argument(error, "recvmany", "max", "must be 1..1024");
  *max = (size_t)asked;
  return NSK_DONE;
}

/* Room for control data where there is something to learn from them; in other families
   they might bring descriptors. */
static int receive_rows(const nsk_socket *s, nsk_batch *batch, size_t max, int flags) {
  nski_rows *rows = batch->rows;
  bool joins = nski_is_udp(s);
  for (size_t i = 0; i < max; i++) {
    nsk_buffer *b = batch->slot[i];
    socklen_t length;
    struct sockaddr *space = nski_addr_space(&b->from, &length);
    rows->piece[i] = (struct iovec){b->data, batch->room};
    rows->header[i] = (nski_header){.msg_hdr = {.msg_name = space,
                                                .msg_namelen = length,
                                                .msg_iov = &rows->piece[i],
                                                .msg_iovlen = 1,
                                                .msg_control = rows->control[i],
                                                .msg_controllen = CONTROL_ROOM}};
    if (!joins) rows->header[i].msg_hdr.msg_controllen = 0;
  }
  int got = nski_receive_packets(s->fd, rows->header, max, flags | s->io_flags);
  for (int i = 0; i < got; i++)
    received(batch, &rows->header[i]);
  return got;
}

/* At the end of a connection each receive brings an empty packet that is none. Those are
   the last; one before another packet is data. */
static void drop_end(const nsk_socket *s, nsk_batch *batch) {
  size_t i = batch->count;
  if (s->type != SOCK_SEQPACKET) return;
  while (i > 0 && batch->slot[i - 1]->length == 0)
    i--;
  if (i < batch->count && nski_received_end(s)) batch->count = batch->packets = i;
}

/* What is pending comes by itself. */
static bool answered(nsk_socket *s, nsk_batch *batch, size_t max, int flags,
                     nsk_outcome *outcome, nsk_error *error) {
  while (batch->count < max && s->held) {
    nsk_buffer *b = batch->slot[batch->count];
    struct iovec piece = {b->data, batch->room};
    nski_receive r = {.op = NSKI_RECVMANY,
                      .pieces = &piece,
                      .count = 1,
                      .flags = flags,
                      .n = &b->length,
                      .from = &b->from};
    if (!nski_pending_answers(s, &r, outcome, error)) break;
    if (*outcome != NSK_DONE) return true;
    b->next = NULL;
    b->start = b->scanned = b->segment = 0;
    b->cut = r.cut;
    b->first = batch->packets++;
    batch->count++;
  }
  *outcome = NSK_DONE;
  return batch->count > 0;
}

nsk_outcome nsk_socket_recvmany(nsk_socket *s, nsk_batch *batch, size_t max, int flags,
                                nsk_error *error) {
  nsk_outcome outcome = NSK_DONE;
  batch->count = batch->packets = 0;
  if (s->fd < 0) return nski_fail(error, NSKI_RECVMANY, EBADF);
  if (s->type == SOCK_STREAM) return nski_refuse_stream(NSKI_RECVMANY, error);
  if (answered(s, batch, max, flags, &outcome, error)) return outcome;
  int got = receive_rows(s, batch, max, flags);
  if (got < 0) outcome = nski_not_done(error, NSKI_RECVMANY, errno);
  drop_end(s, batch);
  if (got > 0 && batch->count == 0) outcome = NSK_END;
  return nsk_socket_noted(s, NSKI_RECVMANY, flags, outcome, error);
}

void nsk_batch_put_back(nsk_socket *s, nsk_batch *batch) {
  while (batch->count > 0) {
    nsk_buffer *b = batch->slot[--batch->count];
    batch->slot[batch->count] = NULL;
    nski_put_back(s, b);
  }
}
