/** Folders of cases, which commands run one after the other to be checked against a reference. */
package io.github.visualbert.cli.cases;
