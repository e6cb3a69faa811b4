/* ca.h - `ikev2-server ca`: a certificate authority in one line each. */
#ifndef CA_CA_H
#define CA_CA_H

/* `argv[0]` is "ca". The exit code. */
int ca_main(int argc, char **argv);

#endif
