package io.github.visualbert.cli.hub;

import java.net.URI;

/**
 * A file on the hub.
 *
 * @param uri where it is asked for; the hub may send its bytes from elsewhere
 * @param size in bytes
 */
record RemoteFile(RepoPath path, URI uri, ContentHash hash, long size) {}
