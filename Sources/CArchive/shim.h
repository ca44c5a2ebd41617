// libarchive, reading a part of an open file through callbacks.
#ifndef VITRINE_CARCHIVE_H
#define VITRINE_CARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

// The part of a file that libarchive takes for all there is.
struct vitrine_archive_input {
    int descriptor;
    int64_t start;
    int64_t count;
    int64_t position;
    void *buffer;
    size_t capacity;
};

static inline la_ssize_t vitrine_archive_read(struct archive *archive, void *context, const void **piece) {
    struct vitrine_archive_input *input = context;
    int64_t rest = input->count - input->position;
    size_t wanted = rest < (int64_t)input->capacity ? (size_t)rest : input->capacity;
    *piece = input->buffer;
    if (wanted == 0) return 0;
    ssize_t result = pread(input->descriptor, input->buffer, wanted, input->start + input->position);
    if (result <= 0) {
        archive_set_error(archive, EIO, "the file cannot be read to its end");
        return ARCHIVE_FATAL;
    }
    input->position += result;
    return result;
}

static inline la_int64_t vitrine_archive_skip(struct archive *archive, void *context, la_int64_t request) {
    struct vitrine_archive_input *input = context;
    (void)archive;
    int64_t rest = input->count - input->position;
    int64_t skipped = request < 0 ? 0 : request < rest ? request : rest;
    input->position += skipped;
    return skipped;
}

static inline la_int64_t vitrine_archive_seek(struct archive *archive, void *context, la_int64_t offset, int whence) {
    struct vitrine_archive_input *input = context;
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? input->position : input->count;
    int64_t place;
    if (__builtin_add_overflow(base, offset, &place) || place < 0 || place > input->count) {
        archive_set_error(archive, EIO, "a place outside of the file");
        return ARCHIVE_FATAL;
    }
    input->position = place;
    return place;
}

// Opens `input`, which must outlive the reading; the formats and filters are chosen before.
static inline int vitrine_archive_open(struct archive *archive, struct vitrine_archive_input *input) {
    archive_read_set_read_callback(archive, vitrine_archive_read);
    archive_read_set_skip_callback(archive, vitrine_archive_skip);
    archive_read_set_seek_callback(archive, vitrine_archive_seek);
    archive_read_set_callback_data(archive, input);
    return archive_read_open1(archive);
}

#endif
