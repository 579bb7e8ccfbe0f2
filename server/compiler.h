/* SPDX-License-Identifier: ISC */
/* server/compiler.h - the process that reads what people write.
 *
 *     arpad                              compiler (arpad --compile FILE)
 *       starts it             ------>
 *                             <------    settings: `server` of arpad.yaml
 *       opens files           <----->    arpad.yaml, customers' files
 *       hands out the state   <----->    manifest, fragments, images
 *                             <------    customers (fragments), zones (images), diagnostics
 *       verifies, keeps, publishes
 *
 * It is another process, so that nothing that YAML, ldns or a bug can do touches the one that
 * answers: if it crashes, hangs or wants too much memory, a reload has failed, and that is all. It
 * opens no file itself, and what it returns is verified. It lives for one reload.
 *
 * The images it returns are those that changed; what it works from is what arpad has in its state
 * folder (server/state.h), so the same files behind the same manifest give the same octets. */
#ifndef SERVER_COMPILER_H
#define SERVER_COMPILER_H

#define COMPILER_OPTION "--compile"
#define COMPILER_FD     3 /* the socket to who started it */

/* The process; `path` is that of arpad.yaml. Returns its exit status: 0 when all was said, even
 * that the files are refused. */
int compiler_run(const char *path);

#endif
