// libdeflate, for streams whose inflated length is known and fits in memory.
#ifndef VITRINE_CDEFLATE_H
#define VITRINE_CDEFLATE_H

#include <libdeflate.h>

#endif
