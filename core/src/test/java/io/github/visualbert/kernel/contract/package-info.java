/** What every provider of kernels must hold, as abstract tests, with slow references in double. */
package io.github.visualbert.kernel.contract;
