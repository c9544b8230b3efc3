package io.github.visualbert.cli.hub;

import java.net.URI;

/**
 * A file on the hub.
 *
 * @param uri its address on the hub, which may redirect to another server
 * @param size in bytes
 */
record RemoteFile(RepoPath path, URI uri, ContentHash hash, long size) {}
