// libgit2, with its variadic options as one function each.
#ifndef VITRINE_CGIT2_H
#define VITRINE_CGIT2_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

// Where configuration of one level is looked for (git_config_level_t); an empty path: nowhere.
static inline int vitrine_git_search_path(int level, const char *path) {
    return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

// Whether a repository of another user is refused.
static inline int vitrine_git_owner_validation(int on) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, on);
}

// Whether every object read is checked against its id, with SHA-1 collision detection.
static inline int vitrine_git_strict_hash(int on) {
    return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, on);
}

// Whether objects are kept in memory once read.
static inline int vitrine_git_caching(int on) {
    return git_libgit2_opts(GIT_OPT_ENABLE_CACHING, on);
}

// The two repository extensions that change nothing of what a commit holds.
static inline int vitrine_git_harmless_extensions(void) {
    static const char *const names[] = {"worktreeconfig", "partialclone"};
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, (size_t)2);
}

// An object database backend of ours: libgit2's structure, and a place for the owner's context behind it.
typedef struct {
    git_odb_backend backend;
    void *context;
} vitrine_odb_backend;

#endif
