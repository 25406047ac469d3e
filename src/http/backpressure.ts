import type { Socket } from 'node:net';

/**
 * Lets nobody read from a connection for now, so that the sender has to wait. undici's own way to pause
 * fails an assertion, and with it the process, where the server closes the connection meanwhile.
 */
export function hold(socket: Socket): void {
  // Its own property hides the method that every socket has.
  socket.read = () => null;
}

/** Goes on reading, from what came meanwhile. */
export function release(socket: Socket): void {
  if (!Object.hasOwn(socket, 'read')) return;
  Reflect.deleteProperty(socket, 'read');
  socket.emit('readable');
}
