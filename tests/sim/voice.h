/* sim/voice.h - messages that no side would send: sealed with the keys of a side's IKE SA, so that
 * they are authentic and yet wrong. */
#ifndef SIM_VOICE_H
#define SIM_VOICE_H

#include "sim/scenario.h"

/* What is said. */
struct utterance {
    uint8_t exchange;
    enum kind_of_message kind;
    uint32_t message_id;
    uint16_t fragment, fragments; /* 0, 0: in one piece */
    uint8_t first;                /* type of the first payload of `chain` */
    ike2_bytes chain;
};

/* `to` hears it as if `from` had said it; its inner payloads are `u->chain`. */
void speak(struct side *from, struct side *to, const struct utterance *u);
/* The chain is what has been written to `w`, which voice_begin has set up. */
void voice_begin(ike2_writer *w, uint8_t room[512]);
void speak_written(struct side *from, struct side *to, struct utterance u, ike2_writer *w);
/* The Message ID of the next request that `to` expects from `from`. */
uint32_t voice_next_id(const struct side *to);

#endif
