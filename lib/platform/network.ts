/**
 * The way out to other hosts, as an argument, so that tests can stand in for the internet.
 *
 * @module
 */

/** Requests to other hosts. */
export interface Network {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** The addresses of a host name, as a request to it would find them. */
  resolveHost(name: string): Promise<string[]>;
  /** Addresses that what clients name may lead to; those of the internet when absent. */
  isOpenAddress?(address: string): boolean;
}

/** The real one. */
export const systemNetwork: Network = {
  fetch: (url, init) => fetch(url, init),
  async resolveHost(name) {
    const { lookup } = await import("node:dns/promises");
    return (await lookup(name, { all: true })).map(({ address }) => address);
  },
};
