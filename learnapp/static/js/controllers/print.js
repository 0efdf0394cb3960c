/* A button that prints the page. Without this script it stays hidden; every browser's own menu prints as well. */

export default function (element) {
  const button = element.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", function () {
    window.print();
  });
}
