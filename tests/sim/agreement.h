/* sim/agreement.h - what is true of two sides together, at any time and once everything is quiet:
 * both have the same SAs with the same keys, and nobody has lost or kept what was not to be. */
#ifndef SIM_AGREEMENT_H
#define SIM_AGREEMENT_H

struct scene;

/* Each fails the world, naming the rule. */
void agreement_always(struct scene *s);
void agreement_at_end(const struct scene *s);

#endif
