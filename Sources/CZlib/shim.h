// zlib, for streams too long to be held in memory.
#ifndef VITRINE_CZLIB_H
#define VITRINE_CZLIB_H

#include <zlib.h>

// inflateInit is a macro over the version and the size of the structure.
static inline int vitrine_inflate_init(z_stream *stream) {
    return inflateInit(stream);
}

// inflateInit2 is one too; a stream without header and trailer, as it stands in gzip files.
static inline int vitrine_inflate_init_raw(z_stream *stream) {
    return inflateInit2(stream, -MAX_WBITS);
}

#endif
