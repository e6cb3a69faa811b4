/* sim/voice.h - messages that no side would send: sealed with the keys of a side's IKE SA, so that
 * they are authentic and yet wrong. */
#ifndef SIM_VOICE_H
#define SIM_VOICE_H

#include "sim/scenario.h"
#include "wire/message.h"

/* What is said. */
struct utterance {
    uint8_t exchange;
    enum kind_of_message kind;
    uint32_t message_id;
    uint16_t fragment, fragments; /* 0, 0: in one piece */
    uint8_t first;                /* type of the first payload of `chain` */
    ike2_bytes chain;
    uint8_t flips;                /* flags of the header that are the other way round */
    bool swaps;                   /* the SPIs have changed places */
    bool is_bare;                 /* nothing protects it */
};

/* `to` hears it as if `from` had said it; its inner payloads are `u->chain`. */
void speak(struct side *from, struct side *to, const struct utterance *u);
/* The chain is what has been written to `w`, which voice_begin has set up. */
void voice_begin(ike2_writer *w, uint8_t room[512]);
void speak_written(struct side *from, struct side *to, struct utterance u, ike2_writer *w);
/* The Message ID of the next request that `to` expects from `from`. */
uint32_t voice_next_id(const struct side *to);
/* The SA in whose name a side is spoken for: its first one. */
struct sa *voice_sa(const struct side *s);

enum { HEARD_MAX = 4096 };

/* A message that has been sent, opened; its chain and bodies are in `octets`. */
struct heard {
    struct message message;
    uint8_t octets[HEARD_MAX];
};

/* With a network that is held: takes the oldest datagram that flies to `to`, which does not hear it
 * itself, and opens it with its keys. False: there is none, or they do not fit. */
bool voice_hear(struct side *to, struct heard *out);
/* The same with the keys that `from` has sent it with: `to` may have none yet. */
bool voice_overhear(const struct side *from, struct side *to, struct heard *out);

#endif
