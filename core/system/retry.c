/* Waits for what polls ready and gives nothing. */
#include "system/retry.h"
#include "system/pollset.h"

static const int64_t shortest = 1000000;
static const int64_t longest = 50000000;

/* Not so after a signal, nor where another has been quicker. */
static bool ready_now(const nsk_interest *interest) {
  struct pollfd p = {interest->fd, nski_events_of(interest->need), 0};
  return nski_poll_now(&p, 1) != 0;
}

static void open_edge(nski_retry *retry, const nsk_interest *interest) {
  if (retry->has_edge) return;
  int fd = nski_pollset_open_edge(interest->fd, nski_events_of(interest->need));
  retry->edge = (nsk_entry){.fd = fd, .need = NSK_READ};
  retry->has_edge = fd >= 0;
}

static void close_edge(nski_retry *retry) {
  if (retry->has_edge) nski_close_fd(retry->edge.fd);
  retry->has_edge = false;
}

/* What has come between the try and this must not be slept on. Twice in a row it comes of
   the try itself, as with the send to a full receiver of a unix datagram, whose copy the
   system frees again: then it tells nothing. */
static bool has_news(nski_retry *retry) {
  bool news = retry->has_edge && nski_pollset_take_edge(retry->edge.fd);
  if (news && retry->had_news) {
    close_edge(retry);
    news = false;
  }
  retry->had_news = news;
  return news;
}

/* It waits for the next thing to happen to the descriptor, where the system tells of
   that; and in any case no longer than a pause, since a descriptor need not be told of
   what another one makes room for. */
static void lengthen(nski_retry *retry, nsk_interest *interest) {
  int64_t until = nsk_now() + retry->pause;
  if (interest->until > until) interest->until = until;
  retry->pause = retry->pause < longest / 2 ? 2 * retry->pause : longest;
  retry->set.alone = retry->has_edge;
  retry->set.count = retry->has_edge ? 1 : 0;
  retry->set.entries = &retry->edge;
  interest->set = &retry->set;
}

nsk_outcome nski_retry_wait(nski_retry *retry, nsk_interest *interest) {
  bool again = retry->waited;
  retry->waited = true;
  if (!again || (retry->pause == 0 && !ready_now(interest))) return NSK_AGAIN;
  if (retry->pause == 0) {
    retry->pause = shortest;
    open_edge(retry, interest);
  }
  if (has_news(retry)) return NSK_DONE;
  lengthen(retry, interest);
  return NSK_AGAIN;
}

void nski_retry_end(nski_retry *retry) {
  close_edge(retry);
  nsk_pollset_close(&retry->set);
}
