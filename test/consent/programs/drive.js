// Stands in for a user's own program; what it does is named by its first argument.
const [way, url] = [process.argv[2], process.argv.at(-1)];
const { OAUTH_AUTHORIZATION_URL, OAUTH_REDIRECT_URI, GREETING } = process.env;
const ways = {
  tell: () =>
    console.log(
      JSON.stringify({
        url,
        OAUTH_AUTHORIZATION_URL,
        OAUTH_REDIRECT_URI,
        GREETING,
        words: process.argv.slice(2, -1),
      }),
    ),
  answer: () => console.log(`logging in\n${OAUTH_REDIRECT_URI}?code=s3cret&state=s\n`),
  early: () => console.log(`${OAUTH_REDIRECT_URI}?code=s3cret\nthe end`),
  shout: () =>
    console.error('\u001b[31mred\u001b[0m got code=s3cret from http://as/?x=1&code=s3cret'),
  fail: () => process.exit(7),
  flood: () => console.log('line\n'.repeat(2000)),
  hang: () => {
    console.log(`pid ${process.pid}`);
    setInterval(() => {}, 1000);
  },
};
ways[way]();
