#include "script.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/names.h"

enum { GRACE_MS = 200 }; /* for output that a program leaves behind when it ends */

static struct script_run *current(struct script *s)
{
    return &s->runs[s->first];
}

static void start(struct script *s);

/* --- Output ------------------------------------------------------------------------------ */

static void tell_line(struct script *s)
{
    char safe[SAFE_TEXT];

    s->line[s->len] = '\0';
    s->len = 0;
    (void)safe_text(s->line, safe);
    if (safe[0] != '\0')
        progress_tell(s->progress, "script-output", "script",
                      json_pack("{s:s, s:s}", "reason", current(s)->reason, "text", safe), "%s: %s",
                      current(s)->reason, safe);
}

static void take_output(struct script *s, const char *octets, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (octets[i] == '\n' || s->len == sizeof s->line - 1)
            tell_line(s);
        if (octets[i] != '\n')
            s->line[s->len++] = octets[i] != '\0' ? octets[i] : ' ';
    }
}

/* --- The end ----------------------------------------------------------------------------- */

/* The next one begins when all handles of this one are gone. */
static void on_closed(uv_handle_t *handle)
{
    struct script *s = handle->data;
    script_done *done = current(s)->done;
    struct problem why = s->why;

    if (--s->open > 0)
        return;
    s->is_running = false;
    s->first = (s->first + 1) % SCRIPT_RUNS;
    s->n--;
    done(s->user, why.text[0] != '\0' ? &why : NULL);
    if (s->n > 0 && !s->is_running)
        start(s);
}

static void close_one(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

static void end(struct script *s)
{
    if (s->len > 0)
        tell_line(s);
    if (s->has_process)
        close_one((uv_handle_t *)&s->process);
    close_one((uv_handle_t *)&s->output);
    close_one((uv_handle_t *)&s->timer);
}

static void on_grace_over(uv_timer_t *timer)
{
    end(timer->data);
}

static void on_ended(uv_process_t *process, int64_t status, int signal_number)
{
    struct script *s = process->data;

    if (s->is_late)
        problem_set(&s->why, "%s (%s) took longer than %u s, and was killed", s->path,
                    current(s)->reason, s->limit_ms / 1000u);
    else if (signal_number != 0)
        problem_set(&s->why, "%s (%s) was ended by signal %d", s->path, current(s)->reason,
                    signal_number);
    else if (status != 0)
        problem_set(&s->why, "%s (%s) failed with exit code %d", s->path, current(s)->reason,
                    (int)status);
    if (uv_is_closing((uv_handle_t *)&s->output))
        end(s);
    else /* what it has left running may keep the pipe open for ever */
        (void)uv_timer_start(&s->timer, on_grace_over, GRACE_MS, 0);
}

/* It leads a process group: what it has started ends with it. */
static void on_late(uv_timer_t *timer)
{
    struct script *s = timer->data;

    s->is_late = true;
    if (uv_kill(-s->process.pid, SIGKILL) != 0)
        (void)uv_process_kill(&s->process, SIGKILL);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    static char room[4096]; /* used up before the next one is asked for */

    (void)handle;
    (void)wanted;
    *buf = uv_buf_init(room, sizeof room);
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct script *s = stream->data;

    if (n > 0)
        take_output(s, buf->base, (size_t)n);
    if (n >= 0)
        return;
    if (!uv_is_active((uv_handle_t *)&s->process))
        end(s); /* it has ended, and this was all */
    else
        close_one((uv_handle_t *)stream);
}

/* --- The start --------------------------------------------------------------------------- */

/* Both its outputs are one pipe. */
static int spawn(struct script *s, int out)
{
    char *arguments[] = { (char *)(uintptr_t)s->path, NULL };
    const uv_stdio_container_t pipe_end = { .flags = UV_INHERIT_FD, .data.fd = out };
    uv_stdio_container_t stdio[3] = { { .flags = UV_IGNORE }, pipe_end, pipe_end };
    uv_process_options_t options = {
        .exit_cb = on_ended,
        .file = s->path,
        .args = arguments,
        .env = current(s)->environment.list,
        .cwd = "/",
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3,
        .stdio = stdio,
    };

    s->has_process = true; /* the handle is one, whatever becomes of the program */
    s->open++;
    return uv_spawn(s->loop, &s->process, &options);
}

static int spawn_and_read(struct script *s)
{
    uv_file fds[2];
    int err = uv_pipe(fds, UV_NONBLOCK_PIPE, 0);

    if (err != 0)
        return err;
    err = uv_pipe_open(&s->output, fds[0]);
    if (err != 0)
        (void)close(fds[0]);
    if (err == 0)
        err = spawn(s, fds[1]);
    (void)close(fds[1]);
    if (err == 0)
        (void)uv_read_start((uv_stream_t *)&s->output, on_room, on_output);
    return err;
}

static void start(struct script *s)
{
    int err;

    s->is_running = true;
    s->is_late = s->has_process = false;
    s->why.text[0] = '\0';
    (void)uv_timer_init(s->loop, &s->timer);
    (void)uv_pipe_init(s->loop, &s->output, 0);
    s->timer.data = s->output.data = s->process.data = s;
    s->open = 2;
    err = spawn_and_read(s);
    if (err == 0) {
        (void)uv_timer_start(&s->timer, on_late, s->limit_ms, 0);
        return;
    }
    problem_set(&s->why, "%s cannot be run: %s", s->path, uv_strerror(err));
    end(s);
}

bool script_run(struct script *s, const struct environment_facts *facts, script_done *done)
{
    struct script_run *run = &s->runs[(s->first + s->n) % SCRIPT_RUNS];

    if (s->n == SCRIPT_RUNS)
        return false;
    environment_make(&run->environment, facts);
    run->reason = facts->reason;
    run->done = done;
    s->n++;
    if (!s->is_running)
        start(s);
    return true;
}
