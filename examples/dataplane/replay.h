/* replay.h - which sequence numbers have come in already: a sliding window of 1024 packets.
 * RFC 4303 3.4.3 and Appendix A2; the bitmap is the ring of RFC 6479. */
#ifndef DATAPLANE_REPLAY_H
#define DATAPLANE_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

/* One word more than the window needs: the one that is being entered. */
enum { REPLAY_WINDOW = 1024, REPLAY_WORDS = REPLAY_WINDOW / 64 + 1 };

struct replay {
    bool esn;     /* numbers have 64 bits, of which packets carry the lower 32 */
    uint64_t top; /* highest number that was authentic */
    uint64_t seen[REPLAY_WORDS];
};

void replay_init(struct replay *r, bool esn);
/* May a packet with this number be new? Then `*sequence` is its full number, to check the ICV
 * with. The window stays as it is: whoever sends it is not known yet. */
bool replay_check(const struct replay *r, uint32_t low, uint64_t *sequence);
/* The packet with this full number is authentic. */
void replay_update(struct replay *r, uint64_t sequence);

#endif
