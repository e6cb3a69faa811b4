/* sa/dispatch.c - the message table. The function pointers are the only code; everything else is
 * data that a reader can check against RFC 7296. */
#include "sa/dispatch.h"

#include "sa/auth.h"
#include "sa/create.h"
#include "sa/info.h"
#include "sa/init.h"
#include "sa/rekey.h"
#include "sa/request.h"

static ike2_err init_request(struct sa *sa, const struct arrival *in)
{
    return ike2_exchange_begin(sa, &ike2_init_request, false, in);
}

/* Retransmission rests while the response is dealt with. */
static ike2_err begin_response(struct sa *sa, const struct script *script,
                               const struct arrival *in)
{
    ike2_err err;

    ike2_request_pause(sa);
    err = ike2_exchange_begin(sa, script, true, in);
    if (err != IKE2_OK)
        ike2_request_resume(sa);
    return err;
}

static ike2_err init_response(struct sa *sa, const struct arrival *in)
{
    return begin_response(sa, &ike2_init_response, in);
}

static ike2_err auth_request(struct sa *sa, const struct arrival *in)
{
    return ike2_exchange_begin(sa, &ike2_auth_request, false, in);
}

static ike2_err auth_response(struct sa *sa, const struct arrival *in)
{
    return begin_response(sa, &ike2_auth_response, in);
}

static ike2_err info_request(struct sa *sa, const struct arrival *in)
{
    return ike2_exchange_begin(sa, &ike2_info_request, false, in);
}

static ike2_err info_response(struct sa *sa, const struct arrival *in)
{
    ike2_info_on_response(sa, &in->message);
    return IKE2_OK;
}

/* RFC 7296 1.3.2: without selectors it is about the IKE SA itself. */
static ike2_err create_request(struct sa *sa, const struct arrival *in)
{
    bool is_child = ike2_message_count(&in->message, IKE2_PAYLOAD_TSI) != 0;

    return ike2_exchange_begin(sa, is_child ? &ike2_create_request : &ike2_rekey_request, false,
                               in);
}

/* What it was to bring is not wanted any more: next is the Delete. */
static ike2_err late_response(struct sa *sa, const struct arrival *in)
{
    (void)in;
    ike2_request_close(sa);
    ike2_sa_settle(sa);
    return IKE2_OK;
}

static ike2_err create_response(struct sa *sa, const struct arrival *in)
{
    bool is_child = sa->request.purpose == PURPOSE_CREATE;

    if (sa->intent.is_former)
        return late_response(sa, in);
    return begin_response(sa, is_child ? &ike2_create_response : &ike2_rekey_response, in);
}

enum { REQUEST, RESPONSE }; /* is_response */

enum { /* sets of states */
    IN_START = 1u << STATE_START,
    IN_INIT = 1u << STATE_INIT,
    IN_AUTH = 1u << STATE_AUTH,
    IN_UP = 1u << STATE_UP,
    IN_CLOSING = 1u << STATE_CLOSING,
    IN_UP_OR_LATER = IN_UP | IN_CLOSING
};

enum {
    SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT,
    AUTH = IKE2_EXCHANGE_IKE_AUTH,
    CHILD = IKE2_EXCHANGE_CREATE_CHILD_SA,
    INFO = IKE2_EXCHANGE_INFORMATIONAL
};

static const struct dispatch_row rows[] = {
    { RESPONDER, IN_START, SA_INIT, REQUEST, init_request, "1.2: the first request" },
    { INITIATOR, IN_INIT, SA_INIT, RESPONSE, init_response,
      "1.2: its response; 2.6, 2.7: or a cookie, or another key exchange method" },
    { RESPONDER, IN_AUTH, AUTH, REQUEST, auth_request, "1.2: the second exchange" },
    { INITIATOR, IN_AUTH, AUTH, RESPONSE, auth_response, "1.2: the second exchange" },
    { EITHER, IN_UP_OR_LATER, CHILD, REQUEST, create_request,
      "1.3: by either end, once both are authenticated; without selectors 1.3.2" },
    { EITHER, IN_UP, CHILD, RESPONSE, create_response, "1.3: as was asked" },
    { EITHER, IN_CLOSING, CHILD, RESPONSE, late_response,
      "1.4.1: closed meanwhile: the Delete is next" },
    { EITHER, IN_UP_OR_LATER, INFO, REQUEST, info_request,
      "1.4: only after the initial exchanges" },
    { EITHER, IN_UP_OR_LATER, INFO, RESPONSE, info_response,
      "1.4: the next request that is due, or the end" },
};

const struct dispatch_row *ike2_dispatch_row(size_t row)
{
    return row < sizeof rows / sizeof rows[0] ? &rows[row] : NULL;
}

static bool row_holds(const struct dispatch_row *r, const struct sa *sa, const struct message *m)
{
    bool is_response = (m->header.flags & IKE2_FLAG_RESPONSE) != 0;

    return (r->roles & sa->role) != 0 && (r->states >> sa->state & 1) != 0 &&
           r->exchange == m->header.exchange && r->is_response == is_response;
}

ike2_err ike2_dispatch(struct sa *sa, const struct arrival *in)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (row_holds(&rows[i], sa, &in->message))
            return rows[i].handle(sa, in);
    }
    return IKE2_ERR_STATE;
}
