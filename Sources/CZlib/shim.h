// zlib, for streams too long to be held in memory.
#ifndef VITRINE_CZLIB_H
#define VITRINE_CZLIB_H

#include <zlib.h>

// inflateInit is a macro over the version and the size of the structure.
static inline int vitrine_inflate_init(z_stream *stream) {
    return inflateInit(stream);
}

#endif
